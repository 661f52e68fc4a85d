// The table of searches in Markdown, for the terminal and for docs/benchmarks.md.
import { busy, cells, whole } from '../page.mjs';

export function report({ rows, things, rounds, before, after, machine }) {
  const lines = rows.map(({ what, user, first, p50, p99, cpuMicros, target }) =>
    cells(
      what,
      user,
      `${whole(first)} ms`,
      `${p50.toFixed(1)} ms`,
      `${p99.toFixed(1)} ms`,
      `${whole(cpuMicros)} µs`,
      target,
    ),
  );
  const mib = (bytes) => whole(bytes / 2 ** 20);
  return `## Search

Written by \`npm run bench -- --search\`. Read the CPU time: the machine was not idle (load average when it ended: ${busy()}).

Machine: ${machine}. ${whole(things)} things of about 1 kB under one policy, in solo; a page of 25 over HTTP, one after the other, ${rounds} times. The
guest may not read one of the attributes. The first search finds no index and looks at all things while one is made; µs is CPU of
the server process per search.

| what | as | first | p50 | p99 | CPU | target |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

Resident memory with ${whole(things)} things: ${mib(before)} MiB before the first search, ${mib(after)} MiB with all these indexes (target: < 600 MB).
`;
}
