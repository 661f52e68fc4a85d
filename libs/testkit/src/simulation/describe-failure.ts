import type { Outcome } from './run-scenario.js';
import type { Incident, Operation } from './scenario.js';

/** A failure for people: what did not hold, the smallest scenario that shows it, its last steps, and how to see it again. */
export function describeFailure(found: Outcome, shrunk: Outcome): string {
  const { scenario, violation, trace } = shrunk;
  const planted = scenario.planted === undefined ? '' : ` --fault ${scenario.planted}`;
  return [
    `seed ${found.scenario.seed}: ${found.violation?.invariant ?? 'nothing'} did not hold`,
    `  ${violation?.detail ?? ''}`,
    '',
    `shrunk from ${sizeOf(found)} to ${sizeOf(shrunk)}:`,
    `  replicas ${JSON.stringify(scenario.replicas)}`,
    `  weather  ${JSON.stringify(scenario.weather)}`,
    ...inOrder(scenario.incidents, scenario.operations).map((line) => `  ${line}`),
    '',
    'the last steps, in virtual milliseconds:',
    ...trace.map((line) => `  ${line}`),
    '',
    `again: npm run simulate -- --seed ${scenario.seed}${planted}`,
    `only the shrunk one: npm run simulate -- --scenario '${JSON.stringify(scenario)}'`,
  ].join('\n');
}

function sizeOf({ scenario: { operations, incidents } }: Outcome): string {
  return `${operations.length} operations and ${incidents.length} incidents`;
}

function inOrder(incidents: readonly Incident[], operations: readonly Operation[]): readonly string[] {
  return [...incidents, ...operations]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, ...what }) => `${String(at).padStart(6)} ${JSON.stringify(what)}`);
}
