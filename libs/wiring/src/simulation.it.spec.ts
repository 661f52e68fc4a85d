import { PLANTED_FAULTS, runCampaign, runScenario, shrink } from '@gemel/testkit/simulation';
import type { SystemUnderTest } from '@gemel/testkit/simulation';
import { simulatedSystem } from './index.js';

const SEEDS = 500;
/** Seeds within which a planted bug has to be found. */
const WITHIN = 200;
const SHRINKING_RUNS = 800;
/** Operations that are left. */
const MOST = 5;
/** The tail forgets nothing before there are six events in it. */
const MOST_IN_TAIL = 10;

let system: SystemUnderTest;

beforeAll(async () => {
  system = await simulatedSystem();
});

describe('a cluster on virtual time, for longer', () => {
  it(`keeps its promises with ${String(SEEDS)} seeds`, async () => {
    const { failure, seeds } = await runCampaign({ seeds: SEEDS }, system);
    expect(failure?.violation).toBeUndefined();
    expect(seeds).toBe(SEEDS);
  }, 300_000);

  it.each(PLANTED_FAULTS)(
    'shrinks %s to what is read at a glance',
    async (planted) => {
      const { failure } = await runCampaign({ seeds: WITHIN, planted }, system);
      if (failure === undefined) throw new Error(`${planted} was not found`);
      const shrunk = await shrink(failure, system, SHRINKING_RUNS);
      expect(shrunk.violation?.invariant).toBe(failure.violation?.invariant);
      expect(shrunk.scenario.operations.length).toBeLessThanOrEqual(planted === 'stale-memory' ? MOST_IN_TAIL : MOST);
      expect(shrunk.scenario.operations.length).toBeLessThan(failure.scenario.operations.length);
      const replayed = await runScenario(shrunk.scenario, system);
      expect([replayed.hash, replayed.violation]).toEqual([shrunk.hash, shrunk.violation]);
      // Without the bug, nothing is wrong with what happens there.
      const { planted: _planted, ...harmless } = shrunk.scenario;
      expect((await runScenario(harmless, system)).violation).toBeUndefined();
    },
    120_000,
  );
});
