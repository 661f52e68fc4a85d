import { COVERAGE_CONNECTIONS } from '../conformance/coverage-connections.mjs';
import { COVERAGE_EXTENDED } from '../conformance/coverage-extended.mjs';
import { COVERAGE } from '../conformance/coverage.mjs';
import { filesOf, testTitles } from '../conformance/find-tests.mjs';
import { scalesOf } from '../conformance/scales.mjs';

/** Names of tests of the coverage that are not there. */
export class TestsMissing extends Error {
  constructor(source, missing) {
    super([`${source} names tests that are not there:`, ...missing].join('\n'));
  }
}

/** The page that says what proves each feature of Ditto. @throws TestsMissing */
export function coveragePage() {
  return page(COVERAGE, 'tools/conformance/coverage.mjs', 'What proves what', [
    'Each row is a feature of Eclipse Ditto’s twin API as its users see it.',
  ]);
}

/** The page that says what proves each route of OpenTwins' extended API, and where it is better. @throws TestsMissing */
export function extendedCoveragePage() {
  return page(COVERAGE_EXTENDED, 'tools/conformance/coverage-extended.mjs', 'What proves the extended API', [
    'Each row is a route of OpenTwins’ extended API, a fault of it that is not here, or what its Grafana app asks for;',
    '[composition](composition.md) explains them.',
  ]);
}

/** The page that says what proves each feature of connections. @throws TestsMissing */
export function connectionsCoveragePage() {
  return page(COVERAGE_CONNECTIONS, 'tools/conformance/coverage-connections.mjs', 'What proves connections', [
    'Each row is a feature of Eclipse Ditto’s connections as their users see it; [connections](connections.md) and',
    '[mapping](mapping.md) explain them.',
  ]);
}

function page(coverage, source, title, intro) {
  const titles = testTitles();
  const missing = [];
  const sections = Object.entries(coverage).map(([area, rows]) => {
    const lines = rows.map(([row, names, reason]) => {
      for (const name of names) if (filesOf(name, titles).length === 0) missing.push(`${area}, ${row}: '${name}'`);
      return lineOf(row, names, reason, titles);
    });
    const proven = rows.filter(([, names]) => names.length > 0).length;
    return [
      `## ${area}`,
      '',
      `${proven} of ${rows.length} rows.`,
      '',
      '| Row | Tests | One process | MongoDB, cluster |',
      '| --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n');
  });
  if (missing.length > 0) throw new TestsMissing(source, missing);
  return [
    `# ${title}`,
    '',
    `<!-- Made by \`npm run docs\` from ${source} and the titles of the tests; do not edit. -->`,
    '',
    ...intro,
    '**One process** has the files that prove it of units, of the HTTP API on a store in memory, or of solo, with brokers beside it where it needs',
    'them. **MongoDB, cluster** has those that prove it of a cluster or of an adapter to what it runs on; `npm run test:services` runs the specs of',
    'the HTTP API once more on MongoDB. Both scales run the same routes and use cases on stores that pass the same suites of contracts, so that',
    'other rows need no second proof.',
    '',
    ...sections,
  ].join('\n');
}

function lineOf(row, names, reason, titles) {
  if (names.length === 0) return `| ${cell(row)} | not there: ${cell(reason ?? '')} | | |`;
  const files = [...new Set(names.flatMap((name) => filesOf(name, titles)))];
  const scales = files.map((file) => ({ file, ...scalesOf(file) }));
  const ofSolo = linked(scales.filter(({ solo }) => solo));
  const ofCluster = linked(scales.filter(({ cluster }) => cluster));
  return `| ${cell(row)} | ${names.map(cell).join('; ')} | ${ofSolo} | ${ofCluster} |`;
}

function linked(files) {
  return files
    .map(
      ({ file }) =>
        `[${file
          .split('/')
          .at(-1)
          .replace(/(?:(?:\.it)?\.spec)?\.ts$/, '')}](../${file})`,
    )
    .join(', ');
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('{', '\\{');
}
