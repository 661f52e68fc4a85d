import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { ROOT } from '../setup/run-step.mjs';

const CHART = join(ROOT, 'helm/gemel');
/** Characters of a default that still fit into the table. */
const LONGEST = 80;
const TABLE = /(<!-- values -->\n)[\s\S]*(\n<!-- \/values -->)/;

/** The chart's README with the table of its values, from the comments in values.yaml. */
export function chartPage() {
  const rows = rowsOf(parseDocument(readFileSync(join(CHART, 'values.yaml'), 'utf8')).contents, '');
  const table = ['', '| Value | Default | Meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
  const page = readFileSync(join(CHART, 'README.md'), 'utf8');
  return page.replace(TABLE, (_, start, end) => start + table + end);
}

/** A row for each key with a comment; a map none of whose keys has one is a value. */
function rowsOf(map, prefix) {
  return map.items.flatMap(({ key, value }, index) => {
    const path = prefix + key.value;
    const inner = isMap(value) ? rowsOf(value, `${path}.`) : [];
    // What stands before the first key of a map is the map's comment in the parsed document.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined);
    const usual = inner.length > 0 ? '' : shown(JSON.stringify(value.toJSON()));
    const meaning = lastParagraph(comment);
    return meaning === '' ? inner : [`| \`${path}\` | ${usual} | ${meaning.replaceAll('|', '\\|')} |`, ...inner];
  });
}

function lastParagraph(comment = '') {
  return comment
    .split('\n\n')
    .at(-1)
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}

function shown(json) {
  return json.length > LONGEST ? 'see there' : `\`${json}\``;
}
