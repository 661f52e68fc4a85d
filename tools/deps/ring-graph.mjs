import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup/run-step.mjs';

const PAGE = join(ROOT, 'docs/architecture.md');
const BETWEEN = /(?<=<!-- graph -->\n)[^]*?(?=<!-- \/graph -->)/;

/** Outermost first. */
const RINGS = [
  ['apps', /^apps\/([^/]+)\//],
  ['process', /^libs\/(process)\//],
  ['api', /^libs\/(api)\//],
  ['wiring', /^libs\/(wiring)\//],
  ['adapters', /^libs\/adapters\/([^/]+)\//],
  ['application', /^libs\/(application)\//],
  ['model', /^libs\/(model)\//],
];

/** Whether docs/architecture.md shows the graph of these modules. */
export function isGraphFresh(modules) {
  return BETWEEN.exec(readFileSync(PAGE, 'utf8'))?.[0] === graphOf(modules);
}

export function writeGraph(modules) {
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(BETWEEN, () => graphOf(modules)),
  );
}

/** Packages and their imports, specs left out, as a Mermaid flow chart. */
function graphOf(modules) {
  const product = modules.filter(({ source }) => !source.endsWith('.spec.ts') && placeOf(source) !== undefined);
  const nodes = new Map(product.map(({ source }) => [placeOf(source).name, placeOf(source)]));
  const arrows = new Set(
    product.flatMap(({ source, dependencies }) =>
      dependencies
        .map(({ resolved }) => placeOf(resolved)?.name)
        .filter((to) => to !== undefined && to !== placeOf(source).name)
        .map((to) => `  ${placeOf(source).name} --> ${to}`),
    ),
  );
  const rings = RINGS.flatMap(([ring]) => {
    const names = [...nodes.values()].filter((node) => node.ring === ring).map(({ name }) => `    ${name}`);
    return names.length === 0 ? [] : [`  subgraph ring-${ring} [${ring}]`, ...names.sort(), '  end'];
  });
  return ['', '```mermaid', 'flowchart TD', ...rings, ...[...arrows].sort(), '```', '', ''].join('\n');
}

function placeOf(path) {
  for (const [ring, pattern] of RINGS) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined) return { ring, name };
  }
  return undefined;
}
