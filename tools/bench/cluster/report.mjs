// The cluster's tables in Markdown, for the terminal and for docs/benchmarks.md.
import { busy, cells, whole } from '../page.mjs';
import { WARM_UP } from './warmed-rounds.mjs';

const TARGET_PERCENT = 50;
const LAG_TARGET_MS = 500;

/** @param results what run.mjs measured */
export function report({
  rows,
  use,
  served,
  few,
  lags,
  starts,
  memory,
  machine,
  rounds,
  seconds,
  writeSeconds,
  lagSeconds,
  fewPerSecond,
}) {
  return `## Cluster

Written by \`npm run bench -- --cluster\`. Read the ratios, not the figures.

Machine: ${machine}. Load generator, all replicas of things, extended-api and ingest, FerretDB,
PostgreSQL, Kafka and InfluxDB share it: what one of them takes the others do not have, and a second replica gets no second machine.
Load average when it ended: ${busy()}; far above the number of processors, others used them, too, and every hop between two programs waited.
Median of ${rounds} rounds, of ${writeSeconds} s for writes, so that states and index are written during a round, and ${seconds} s for reads, Gemel and its peers in turns, after rounds that warm them all up,
${WARM_UP}; 1,000 things of about 1 kB, one policy; GET with 64 clients,
PUT with 128, shared out among the replicas.

| what | replicas | warm-ups | peer | of the peer | Gemel | ratio | target | readers caught up after |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map(rowOf).join('\n')}

**The bare loop** is the strict peer: one loop over the MongoDB driver on the same server, with the bytes that Gemel has written
there: \`insertMany\` of as many events as there are clients, under a unique index on thing and revision, then \`bulkWrite\` of their
states; and as many \`findOne\` at once as there are clients. There is no HTTP, and no load generator that takes its share of the
processors; it knows what is in its batch beforehand. _The same without HTTP_ is the nearest to it: the use case is called in as many processes as
there are replicas, rights checked, while the cluster relays, indexes and keeps as history what they write. _The same on things alone_ is PUT over HTTP
on replicas of things that nobody follows: they relay to Kafka and index what they write, but no ingest takes processors for the history and the
MQTT target, which the loop has not either.

**The bare server** is the peer that does what Gemel is asked for: Fastify on the same driver, as many processes as there are replicas, with the
same load generator and clients. A PUT is parsed and changes a thing in memory; whoever waits shares one \`insertMany\` of events under
that index and one \`bulkWrite\` of states, and is then answered. CPU of a PUT there:
${served.map(servedOf).join('; ')}.

In neither is anybody asked for rights, and nothing is relayed, indexed or kept as history, nor can a second process write the same thing.

With ${fewPerSecond} writes a second nobody waits for others, and little is shared. CPU of a write then, without the load generator's:

| replicas | bare server, database | Gemel, database, Kafka, InfluxDB | ratio |
| --- | --- | --- | --- |
${few.map(fewRowOf).join('\n')}

Reader lag, from the answer to a write until others see it, at half of the highest write load and with ${fewPerSecond} writes a second, for ${lagSeconds} s each (points: one thing written
every 50 ms, asked for all the time by InfluxQL). Each write goes to the next replica, so that all of them change all things; above, each has things
of its own:

| what | replicas | writes/s | p50 | p99 | target |
| --- | --- | --- | --- | --- | --- |
${lags.flatMap(lagRowsOf).join('\n')}

CPU per operation, in µs; the processes of an app together. things relays the events to Kafka and keeps the search index, too:

${tableOf(['what', 'replicas', ...Object.keys(use[0].micros)], use.map(useRowOf))}

| process | start to /ready | memory, idle | under load |
| --- | --- | --- | --- |
${starts.map(({ app, ms }) => processRowOf(app, ms, memory)).join('\n')}
`;
}

const PEERS = { loop: 'bare loop', server: 'bare server' };

function rowOf({ name, replicas, warmUps, peer, bare, ours, percent, catchUp }) {
  const figures = [
    PEERS[peer],
    `${whole(bare)}/s`,
    `${whole(ours)}/s`,
    `**${whole(percent)} %**`,
    `≥ ${TARGET_PERCENT} %`,
  ];
  return cells(name, replicas, warmUps, ...figures, `${catchUp.toFixed(1)} s`);
}

function servedOf({ replicas, micros }) {
  const programs = Object.entries(micros).map(([name, use]) => `${name} ${whole(use)} µs`);
  return `${programs.join(', ')} (${replicas} ${replicas === 1 ? 'replica' : 'replicas'})`;
}

function fewRowOf({ replicas, ours, bare }) {
  const [mine, theirs] = [ours, bare].map(({ 'load generator': _others, ...programs }) =>
    Object.values(programs).reduce((sum, micros) => sum + micros, 0),
  );
  return cells(replicas, `${whole(theirs)} µs`, `${whole(mine)} µs`, `**${whole((100 * theirs) / mine)} %**`);
}

function lagRowsOf({ replicas, perSecond, events, points }) {
  return Object.entries({ 'server-sent event': events, 'point in InfluxDB': points }).map(([what, lags]) =>
    cells(
      what,
      replicas,
      whole(perSecond),
      `${whole(quantile(lags, 0.5))} ms`,
      `**${whole(quantile(lags, 0.99))} ms**`,
      `< ${LAG_TARGET_MS} ms`,
    ),
  );
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function tableOf(head, rows) {
  return [cells(...head), cells(...head.map(() => '---')), ...rows].join('\n');
}

function useRowOf({ what, replicas, micros }) {
  return cells(what, replicas, ...Object.values(micros).map(whole));
}

function processRowOf(app, ms, memory) {
  const largest = (pick) => Math.max(...memory.map((each) => pick(each)[app])) / 2 ** 20;
  const idle = `${whole(largest((it) => it.idle))} MiB`;
  return cells(app, `${whole(ms)} ms`, idle, `${whole(largest((it) => it.loaded))} MiB`);
}
