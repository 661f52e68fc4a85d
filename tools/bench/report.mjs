// The table of solo in Markdown, for the terminal and for docs/benchmarks.md.
import { cells, whole } from './page.mjs';

/** @param results what run.mjs measured */
export function report({ rows, start, machine, rounds, seconds }) {
  const lines = rows.map(({ name, bare, ours, percent, targetPercent }) =>
    cells(
      name,
      `${whole(bare.perSecond)}/s, ${whole(bare.cpuMicros)} µs`,
      `${whole(ours.perSecond)}/s, ${whole(ours.cpuMicros)} µs`,
      `**${whole(percent)} %**`,
      `≥ ${targetPercent} %`,
    ),
  );
  return `## Solo

Written by \`npm run bench\`. Read the ratios, not the figures: the machine was not idle.

Machine: ${machine}. Server and load share it. Median of ${rounds} rounds of ${seconds} s, Gemel and its peer in turns; 1,000 things of
about 1 kB, one policy; GET on 64 connections, PUT on 128, MQTT on 8 clients with 32 unconfirmed messages each.
µs is CPU of the server process per operation.

| what | bare peer | Gemel | ratio | target |
| --- | --- | --- | --- | --- |
${lines.join('\n')}

The peers: a Fastify route that returns the same bytes; a Fastify route that parses, keeps the thing and writes an event and
a state row of the same size with group commit (WAL, synchronous=FULL); aedes that does the same and writes two history points
before it confirms. None of them authenticates, authorizes, validates, or can be searched. Gemel writes the row of a state later, when it is 10,000
events behind.

| what | Gemel | target |
| --- | --- | --- |
| start to the first 200 | ${whole(start.firstAnswerMs)} ms | < 2,000 ms |
| resident memory, idle | ${whole(start.residentBytes / 2 ** 20)} MiB | < 150 MB |

For scale: Eclipse Ditto 3.8, measured on two idle cores of this kind with an in-memory database, 64 connections and 1,000 things: 870 GET/s (2.1 ms
of CPU each), 600 property PUT/s (2.7 ms), 20 s to the first answer, 1,580 MiB when idle.
`;
}
