import { PLANTED_FAULTS, makeScenario, runCampaign, runScenario, shrink } from '@gemel/testkit/simulation';
import type { SystemUnderTest } from '@gemel/testkit/simulation';
import { simulatedSystem } from './index.js';

/** A first look; `simulation.it.spec.ts` and `npm run simulate -- --seeds N` run more. */
const SEEDS = 40;
/** Seeds within which a planted bug has to be found. */
const WITHIN = 200;

let system: SystemUnderTest;

beforeAll(async () => {
  system = await simulatedSystem();
});

describe('a cluster on virtual time', () => {
  it(`keeps its promises with ${String(SEEDS)} seeds`, async () => {
    const { failure, seeds, events } = await runCampaign({ seeds: SEEDS }, system);
    expect(failure?.violation).toBeUndefined();
    expect(seeds).toBe(SEEDS);
    // They did something.
    expect(events).toBeGreaterThan(20 * SEEDS);
  }, 120_000);

  it('does the same again on the same seed, to the byte', async () => {
    for (const seed of [3, 17, 18, 20, 1_180]) {
      const scenario = makeScenario(seed);
      expect(makeScenario(seed)).toEqual(scenario);
      const [first, second] = [await runScenario(scenario, system, true), await runScenario(scenario, system, true)];
      expect(first.trace.join('\n') === second.trace.join('\n')).toBe(true);
      expect(second.hash).toBe(first.hash);
      expect(first.steps).toBeGreaterThan(100);
    }
    expect((await runScenario(makeScenario(4), system)).hash).not.toBe(
      (await runScenario(makeScenario(3), system)).hash,
    );
  });

  it('ends shrinking when nothing gets smaller any more', async () => {
    let processes = 0;
    const counting: SystemUnderTest = {
      ...system,
      wireCore: (...parts) => {
        processes += 1;
        return system.wireCore(...parts);
      },
    };
    const failure = await runScenario(makeScenario(1, 'answer-before-commit'), counting);
    const { violation, scenario } = await shrink(failure, counting);
    expect(violation?.invariant).toBe(failure.violation?.invariant);
    expect(scenario.operations).toHaveLength(1);
    // Each run takes four and more; all runs that shrinking may take would be 3,200.
    expect(processes).toBeLessThan(1_000);
  }, 120_000);

  const INVARIANTS: Readonly<Record<(typeof PLANTED_FAULTS)[number], readonly string[]>> = {
    'answer-before-commit': ['acknowledged-is-kept'],
    'publish-before-commit': ['only-committed-events', 'readers-see-all-in-order'],
    'lease-without-fencing': ['one-holder'],
    'unchecked-parents': ['no-cycles', 'no-orphans', 'no-mixed-kinds'],
    'stale-memory': ['reads-follow-the-log', 'states-follow-the-log', 'no-lost-update', 'no-orphans'],
  };

  it.each(PLANTED_FAULTS)(
    `finds %s within ${String(WITHIN)} seeds, and again on the same seed`,
    async (planted) => {
      const { failure } = await runCampaign({ seeds: WITHIN, planted }, system);
      if (failure === undefined) throw new Error(`${planted} was not found`);
      expect(INVARIANTS[planted]).toContain(failure.violation?.invariant);
      const again = await runScenario(makeScenario(failure.scenario.seed, planted), system);
      expect([again.hash, again.violation]).toEqual([failure.hash, failure.violation]);
    },
    120_000,
  );
});
