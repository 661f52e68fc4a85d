import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../setup/run-step.mjs';

const TITLE = /^\s*(?:describe|it)\b.*?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm;
/** The title of a table stands on the line that ends the table. */
const AFTER_TABLE = /^\s*\]\)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm;
const EACH =
  /^\s*(?:describe|it)\.each\b[^\n]*\)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm;

/** Every title of a test or a group of tests, with the spec files that have it. */
export function testTitles() {
  const titles = new Map();
  for (const file of ['libs', 'apps', 'test'].flatMap(specsIn)) {
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const pattern of [TITLE, AFTER_TABLE, EACH]) {
      for (const [, single, double, template] of source.matchAll(pattern)) {
        const title = (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1');
        titles.set(title, (titles.get(title) ?? new Set()).add(file));
      }
    }
  }
  return titles;
}

/** The spec files that have a title which is this one or begins with it; exact ones win. */
export function filesOf(title, titles) {
  const exact = titles.get(title);
  if (exact !== undefined) return [...exact].toSorted();
  const begun = [...titles].filter(([each]) => each.startsWith(title)).flatMap(([, files]) => [...files]);
  return [...new Set(begun)].toSorted();
}

/** Cases that several specs have in common, too. */
function specsIn(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?:\.spec|-cases)\.ts$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !/(?:^|\/)(?:node_modules|dist)\//.test(file));
}
