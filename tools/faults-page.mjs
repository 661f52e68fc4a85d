// `node tools/faults-page.mjs`: writes docs/faults.md from what the last run of test/cluster measured.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import prettier from 'prettier';
import { ROOT } from './setup/run-step.mjs';

const SUITES = ['kill-9', 'outages'];

const missing = SUITES.filter((suite) => !existsSync(fileOf(suite)));
if (missing.length > 0) {
  console.error(`nothing is measured yet for ${missing.join(' and ')}: npm run test:services -- test/cluster`);
  process.exit(1);
}
const rows = SUITES.flatMap((suite) => JSON.parse(readFileSync(fileOf(suite), 'utf8')));
const page = join(ROOT, 'docs/faults.md');
const options = { ...(await prettier.resolveConfig(page)), parser: 'markdown' };
writeFileSync(page, await prettier.format(text(rows), options));

function fileOf(suite) {
  return join(ROOT, '.cache/faults', `${suite}.json`);
}

function text(rows) {
  return `# Faults of a cluster

Measured by \`npm run test:services -- test/cluster\` and written by \`node tools/faults-page.mjs\`. Two replicas of each process,
four devices that count over HTTP and four over MQTT QoS 1, all the time. The machine (${cpus().length} cores) has the services, the
cluster and the load, and was not idle: read the seconds as an upper bound.

- **lost**: confirmed values that are not in the twin or not in its history, and events that did not come to a subscriber.
- **doubled**: values that the history has more than once.
- **repeated**: changes that took effect again since nobody had heard that they had. A device's time makes them the same point.
- Seconds from the death, or from the moment when the service answers again, to the first success of what was begun after it:
  a **write** and a **read** over HTTP, a **device**'s message shown by its twin, an **event** at a subscriber of the target, a
  point in the **history**. What has piled up meanwhile comes first.

| what | away, s | confirmed | lost | doubled | repeated | write, s | read, s | device, s | event, s | history, s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map(line).join('\n')}
`;
}

function line({ fault, seconds, acknowledged, lost, doubled, repeated, ...recovery }) {
  const { write, read, device, event, history } = recovery;
  const times = [write, read, device, event, history].map((time) => time.toFixed(1));
  return `| ${[fault, seconds?.toFixed(0) ?? '–', acknowledged, lost, doubled, repeated, ...times].join(' | ')} |`;
}
