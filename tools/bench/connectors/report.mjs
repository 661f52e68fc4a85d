// The tables of connections in Markdown, for the terminal and for docs/benchmarks.md.
import { cells, whole } from '../page.mjs';

/** @param results what run.mjs measured */
export function report({ rows, latencies, many, machine, load, rounds, messages, pace }) {
  const lines = rows.flatMap(linesOf);
  return `## Connections

Written by \`npm run bench -- --connectors\`. Read the ratios, not the figures: the machine was not idle (load average when it ended: ${load}).

Machine: ${machine}. Solo, the broker and the other side share it. Median of ${rounds} rounds, Gemel and its peer in turns:
${whole(messages)} messages that have piled up are worked off; the clock runs from the first to the last (for the bare consumer of Kafka from when it has its
partitions). 1,000 things of about 1 kB.
µs is CPU of the process per message; that of a bare client which stores nothing has what it publishes to, or what counts its messages, in it.

| what | bare client | its pace | Gemel | ratio | target |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

_Stores as much_ is the peer of what comes in: mqtt.js (MQTT 5, 1,000 unconfirmed, read on while earlier ones are being stored) or kafkajs (batches of
four partitions side by side), each in a process of its own, that parses the message, keeps the thing, writes an event and a state row of the same size
and two points of history with group commit (WAL, synchronous=FULL), and then confirms or commits the offset: what durable twins take at
the least. _Stores nothing_ is for scale: mqtt.js that confirms each message of QoS 1 as it comes, kafkajs that reads records one by one and commits
offsets. What goes out has one peer: mqtt.js that publishes with 1,000 unconfirmed, kafkajs that produces batches of 500 to all in-sync
replicas, texts of the same size that it makes as it goes.
Mosquitto takes 1,000 unconfirmed messages of a client (\`max_inflight_messages\`; of its own accord 20, which Gemel keeps to and mqtt.js does not).
In Gemel each message is parsed, authorised, merged into its twin and synced to disk as an event before it is confirmed. Two points of history
follow from the event within a tenth of a second, and the row of the state when it is 10,000 events behind; what the process holds until then is in the log.
Each event that goes out is read from the log, tested, and its place kept.

${latencyTable(latencies, pace)}

${manyTable(many)}`;
}

/** A line for each peer. */
function linesOf({ name, bare, durable, ours }) {
  const paceOf = ({ perSecond, cpuMicros }) => `${whole(perSecond)}/s, ${whole(cpuMicros)} µs`;
  const line = (what, kind, peer, target) =>
    cells(what, kind, paceOf(peer), paceOf(ours), `**${whole(peer.percent)} %**`, target);
  if (durable === undefined) return [line(name, 'publishes only', bare, '≥ 50 %')];
  return [line(name, 'stores as much', durable, '≥ 50 %'), line('', 'stores nothing', bare, '')];
}

function latencyTable({ bare, ours }, { perSecond, seconds }) {
  const row = (what, told, target = '') => cells(what, told(bare), `**${told(ours)}**`, target);
  const at = (share) => (found) => `${found[share].toFixed(1)} ms`;
  return `| from a device to a consumer of the target, MQTT QoS 1, ${whole(perSecond)} messages/s for ${whole(seconds)} s | bare client | Gemel | target |
| --- | --- | --- | --- |
${[
  row('sent, seen', ({ sent, seen }) => `${whole(sent)}, ${whole(seen)}`),
  row('p50', at('p50'), '< 5 ms'),
  row('p95', at('p95')),
  row('p99', at('p99'), '< 50 ms'),
  row('CPU a message, in and out', ({ cpuMicros }) => `${whole(cpuMicros)} µs`),
].join('\n')}

The bare client is the one that stores as much; it publishes the event at QoS 1 as soon as that is on disk, with nobody to ask whether it may, and confirms.`;
}

function manyTable({ defined, open, messages, bytesBefore, bytesOpen, bytesUsed, restartMs }) {
  const mib = (bytes) => `${whole(bytes / 2 ** 20)} MiB`;
  return `| ${whole(defined)} connections over MQTT 5 with a source and a target each, ${whole(open)} of them open | |
| --- | --- |
| memory, started with none | ${mib(bytesBefore)} |
| memory, ${whole(open)} open | **${mib(bytesOpen)}** (target < 1 GB) |
| memory, after ${whole(messages)} messages in and as many events out | ${mib(bytesUsed)} |
| restart until ${whole(open)} are open | ${(restartMs / 1000).toFixed(1)} s |
`;
}
