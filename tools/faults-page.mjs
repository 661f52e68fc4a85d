// `node tools/faults-page.mjs`: writes the tables of docs/faults.md that the last runs of test/cluster and of
// test/connectivity have measured; a table that was not measured here stays as it is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import prettier from 'prettier';
import { ROOT } from './setup/run-step.mjs';

const PAGE = join(ROOT, 'docs/faults.md');
const TABLES = {
  cluster: { suites: ['kill-9', 'outages', 'database'], table: clusterTable, run: 'test/cluster' },
  connections: {
    suites: ['connections', 'killed'],
    table: connectionTable,
    run: 'test/connectivity/faults test/connectivity/killed',
  },
  shared: { suites: ['shared-clients'], table: connectionTable, run: 'test/connectivity/shared-clients' },
  refused: { suites: ['refused'], table: connectionTable, run: 'test/connectivity/refused' },
  'refused-seen': { suites: ['refused'], table: seenTable, run: 'test/connectivity/refused' },
  full: { suites: ['full'], table: fullTable, run: 'test/connectivity/full' },
  slow: { suites: ['slow'], table: slowTable, run: 'test/connectivity/slow' },
};

let page = readFileSync(PAGE, 'utf8');
let written = 0;
for (const [name, { suites, table, run }] of Object.entries(TABLES)) {
  if (!suites.every((suite) => existsSync(fileOf(suite)))) {
    console.error(`nothing is measured yet for ${suites.join(' and ')}: npm run test:services -- ${run}`);
    continue;
  }
  const rows = suites.flatMap((suite) => JSON.parse(readFileSync(fileOf(suite), 'utf8')));
  const section = new RegExp(`(?<=<!-- ${name} -->\n)[^]*?(?=<!-- /${name} -->)`);
  page = page.replace(section, () => `\n${table(rows)}\n\nMeasured on ${cpus().length} cores.\n\n`);
  written++;
}
if (written === 0) process.exit(1);
const options = { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' };
writeFileSync(PAGE, await prettier.format(page, options));

function fileOf(suite) {
  return join(ROOT, '.cache/faults', `${suite}.json`);
}

function clusterTable(rows) {
  return table(
    [
      'what',
      'away, s',
      'confirmed',
      'lost',
      'doubled',
      'repeated',
      'write, s',
      'read, s',
      'device, s',
      'event, s',
      'history, s',
    ],
    rows.map(({ fault, seconds, acknowledged, lost, doubled, repeated, ...recovery }) => {
      const { write, read, device, event, history } = recovery;
      const times = [write, read, device, event, history].map((time) => time.toFixed(1));
      return [fault, seconds?.toFixed(0) ?? '–', acknowledged, lost, doubled, repeated, ...times];
    }),
  );
}

function connectionTable(rows) {
  return table(
    ['broker', 'what', 'for, s', 'confirmed', 'lost', 'out of order', 'doubled', 'repeated', 'device, s', 'event, s'],
    rows.map(({ broker, fault, seconds, confirmed, lost, outOfOrder, doubled, repeated, device, event }) => [
      ...[broker, fault, seconds?.toFixed(0) ?? '–', confirmed, lost, outOfOrder, doubled, repeated],
      ...[device.toFixed(1), event.toFixed(1)],
    ]),
  );
}

/** What people are told meanwhile. */
function seenTable(rows) {
  return table(
    ['broker', 'what', 'status', 'the status and the log of the connection say', 'log of the process', 'metrics'],
    rows.map(({ broker, fault, status, says, logs, processLogs, counted }) => {
      const said = logs.includes(says) ? [logs] : [says, logs];
      return [broker, fault, status, said.map(code).join('; '), code(processLogs), countsOf(counted)];
    }),
  );
}

function slowTable(rows) {
  return table(
    [
      ...['broker', 'events', 'taken', 'lost', 'out of order', 'doubled', 'published after, s', 'taken after, s'],
      ...['status', 'logs', 'metrics'],
    ],
    rows.map(({ broker, events, taken, lost, outOfOrder, doubled, published, after, ...seen }) => [
      ...[broker, events, taken, lost, outOfOrder, doubled, published.toFixed(1), after.toFixed(1)],
      ...[seen.status, `${seen.logs}${seen.processLogs}` || 'nothing', countsOf(seen.counted)],
    ]),
  );
}

function countsOf({ consumed, published, notPublished }) {
  return `${consumed} consumed, ${published} published, ${notPublished} not published`;
}

function code(text) {
  return `\`${text}\``;
}

function fullTable(rows) {
  return table(
    ['broker', 'what is full', 'events', 'taken', 'left out', 'lost', 'out of order', 'doubled', 'all there after, s'],
    rows.map(({ broker, fault, events, taken, leftOut, lost, outOfOrder, doubled, after }) => [
      ...[broker, fault, events, taken, leftOut, lost, outOfOrder, doubled],
      after?.toFixed(1) ?? '–',
    ]),
  );
}

function table(header, rows) {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
