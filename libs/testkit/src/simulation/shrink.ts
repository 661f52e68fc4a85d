import { runScenario } from './run-scenario.js';
import type { Outcome } from './run-scenario.js';
import type { Role, Scenario } from './scenario.js';
import { SeededRandom } from './seeded-random.js';
import type { SystemUnderTest } from './system-under-test.js';
import { CALM } from './virtual-process.js';

/** Runs that a shrinking may take. */
const MOST_RUNS = 800;
/** A scenario with so few operations is read at a glance. */
const FEW_OPERATIONS = 5;
/** Draws from the operations that are tried, each in weather of another seed, before it is as small as it gets. */
const DRAWS = 200;
/** How much of them is drawn, in turn. */
const SHARES = [0.5, 0.75, 0.9];

/**
 * Looks for a smaller scenario that violates the same invariant: fewer operations, incidents and replicas, better
 * weather. Gives the smallest one found within a bounded number of runs; the same failure shrinks to the same one.
 */
export async function shrink(failure: Outcome, system: SystemUnderTest, mostRuns = MOST_RUNS): Promise<Outcome> {
  let best = failure;
  let runs = 0;
  let draws = 0;
  const isSmaller = async (candidate: Scenario): Promise<boolean> => {
    if (runs >= mostRuns) return false;
    runs += 1;
    const outcome = await runScenario(candidate, system);
    if (outcome.violation?.invariant !== failure.violation?.invariant) return false;
    best = outcome;
    return true;
  };
  const removeFrom = async (part: 'operations' | 'incidents'): Promise<void> => {
    for (let size = Math.max(1, best.scenario[part].length >> 1); size >= 1; size >>= 1) {
      for (let index = 0; index < best.scenario[part].length;) {
        const items = best.scenario[part];
        const fewer = { ...best.scenario, [part]: items.filter((_, at) => at < index || at >= index + size) };
        // What was behind the removed ones is now in their place.
        if (!(await isSmaller(fewer))) index += size;
      }
    }
  };
  // Where what happens depends on the weather's moments, each operation that is left out moves them: others may fit fewer.
  const redraw = async (): Promise<void> => {
    const { operations } = best.scenario;
    if (operations.length <= FEW_OPERATIONS) return;
    for (const last = draws + DRAWS; draws < last && runs < mostRuns;) {
      draws += 1;
      const seed = failure.scenario.seed + draws;
      if (await isSmaller({ ...best.scenario, seed, operations: someOf(operations, shareOf(draws), seed) })) return;
    }
  };
  for (let before: Scenario | undefined; before !== best.scenario && runs < mostRuns;) {
    before = best.scenario;
    const begun = withoutTheRest(best);
    if (isShorter(begun, before)) await isSmaller(begun);
    await removeFrom('incidents');
    await removeFrom('operations');
    await redraw();
    for (const calmer of calmerOnes(best.scenario)) await isSmaller({ ...best.scenario, ...calmer(best.scenario) });
  }
  return best;
}

/** What happens after the violation has no part in it. */
function withoutTheRest({ scenario, violation }: Outcome): Scenario {
  const until = violation?.at ?? Infinity;
  return {
    ...scenario,
    operations: scenario.operations.filter(({ at }) => at <= until),
    incidents: scenario.incidents.filter(({ at }) => at <= until),
  };
}

function isShorter(a: Scenario, b: Scenario): boolean {
  return a.operations.length < b.operations.length || a.incidents.length < b.incidents.length;
}

function shareOf(draw: number): number {
  return SHARES[draw % SHARES.length] ?? 1;
}

/** Any that make up such a share, rounded down. */
function someOf<T>(all: readonly T[], share: number, seed: number): readonly T[] {
  const random = new SeededRandom(`some ${seed}`);
  const others = [...all.keys()];
  while (others.length > Math.floor(all.length * share)) others.splice(random.below(others.length), 1);
  return others.flatMap((index) => all[index] ?? []);
}

type Change = (scenario: Scenario) => Partial<Scenario>;

function calmerOnes(scenario: Scenario): readonly Change[] {
  const roles: readonly Role[] = ['extended-api', 'ingest', 'things'];
  return [
    ...Object.keys(CALM).map((key): Change => ({ weather }) => ({ weather: { ...weather, [key]: 0 } })),
    ...roles.map((role): Change => ({ replicas }) => ({
      replicas: { ...replicas, [role]: Math.max(1, replicas[role] - 1) },
    })),
    ...scenario.incidents.map((_, index): Change => ({ incidents }) => ({
      incidents: incidents.map((incident, at) => (at === index ? { ...incident, ms: incident.ms >> 1 } : incident)),
    })),
  ].filter((change) => JSON.stringify({ ...scenario, ...change(scenario) }) !== JSON.stringify(scenario));
}
