// The table of what policies cost in Markdown, for the terminal and for docs/benchmarks.md.
import { cells, whole } from '../page.mjs';

/** @param results what run.mjs measured */
export function report({ rows, machine, load, rounds, seconds, entries }) {
  const lines = rows.map(({ name, without, with: guarded, percent }) =>
    cells(
      name,
      `${whole(without.perSecond)}/s, ${without.cpuMicros.toFixed(1)} µs`,
      `${whole(guarded.perSecond)}/s, ${guarded.cpuMicros.toFixed(1)} µs`,
      `**${percent.toFixed(0)} %**`,
      '< 15 %',
    ),
  );
  return `## Policies

Written by \`npm run bench -- --policies\`. Read the CPU time: the machine was not idle (load average when it ended: ${load}).

Machine: ${machine}. Server and load share it. Solo twice, in turns, ${rounds} rounds of ${seconds} s: as it is, and with every question
about rights answered by yes before any policy is looked up. 1,000 things of about 1 kB; GET on 64 connections, PUT of a property on 128.
µs is CPU of the server process per operation; the cost compares it within each round, and is the median of the rounds.

| what | without policies | with | cost | target |
| --- | --- | --- | --- | --- |
${lines.join('\n')}

*One policy* is shared by all things. *Own policies*: each thing has one of its own. *Partial*: the policy has ${entries} entries, and hides
one attribute from the caller, so that what is answered is not what is stored.
`;
}
