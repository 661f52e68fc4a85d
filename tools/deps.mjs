// `npm run deps`: holds the arrows of the architecture, and proves each rule on planted faults.
// `npm run deps:graph`: draws the packages into docs/architecture.md.
import { cruiseTree, remedies } from './deps/cruise.mjs';
import { plantedFaults } from './deps/faults.mjs';
import { proveRules } from './deps/prove-rules.mjs';
import { isGraphFresh, writeGraph } from './deps/ring-graph.mjs';
import { readArguments } from './setup/read-arguments.mjs';
import { ROOT } from './setup/run-step.mjs';

const USAGE = `Usage: npm run deps, or npm run deps:graph

Holds the arrows of docs/architecture.md, and proves each rule on planted faults; deps:graph (--graph) draws the packages there.
`;

const { graph } = readArguments({ usage: USAGE, options: { graph: { type: 'boolean', default: false } } });
const { modules, violations } = await cruiseTree(ROOT, ['libs', 'apps', 'test', 'tools']);

if (graph) {
  writeGraph(modules);
} else {
  const faults = [
    ...violations.map(({ rule, from, to, cycle }) => {
      const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(' -> ');
      return `${rule.name}: ${from} -> ${path}\n    ${remedies.get(rule.name)}`;
    }),
    ...(isGraphFresh(modules) ? [] : ['docs/architecture.md shows an old graph: npm run deps:graph']),
    ...(await proveRules()),
  ];
  for (const fault of faults) console.error(fault);
  console.log(
    faults.length === 0
      ? `${remedies.size} rules hold over ${modules.length} modules, ${plantedFaults.length} planted faults caught`
      : `${faults.length} faults`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
