// The table of composition in Markdown, for the terminal and for docs/benchmarks.md.
import { busy, cells } from '../page.mjs';

/** In milliseconds, by what is measured. */
const TARGETS = {
  solo: { instantiate: 1_000, tree: 300, link: 10 },
  cluster: { instantiate: 3_000, tree: 300, link: 10 },
};

export function report({ scales, rounds, machine }) {
  const [{ rows }] = scales;
  const lines = rows.map(({ what }, index) =>
    cells(what, ...scales.flatMap(({ scale, rows: measured }) => figures(scale, measured[index]))),
  );
  const heads = scales.flatMap(({ scale }) => [scale, 'one by one', 'target']);
  return `## Composition

Written by \`npm run bench -- --composition\`; with \`--cluster\` on MongoDB, too. Read the CPU and the ratios: the machine was not idle (load average when it ended: ${busy()}).

Machine: ${machine}. Over HTTP, one request after the other, medians of ${rounds} rounds; twins of about 300 bytes, each change one commit; CPU of the server process. *One by one* is the same
with the things API, in the same run: a PUT for each twin, a search for the children of each (1,000 of them, scaled up). *First* is the tree before there is an index
of parents.

${cells('what', ...heads)}
${cells('---', ...heads.map(() => '---'))}
${lines.join('\n')}
`;
}

function figures(scale, { ms, cpuMs, naive, first, target }) {
  const limit = TARGETS[scale]?.[target];
  return [
    `${shown(ms)}, ${shown(cpuMs)} CPU${first === undefined ? '' : ` (first ${shown(first)})`}`,
    naive === undefined ? '' : `${shown(naive)}, **${Math.round(naive / ms)} times**`,
    limit === undefined ? '' : `< ${limit.toLocaleString('en-US')} ms`,
  ];
}

function shown(ms) {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en-US')} ms`;
}
