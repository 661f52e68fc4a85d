import { Cluster } from './cluster.js';
import { BUSY_MS } from './make-scenario.js';
import type { Scenario } from './scenario.js';
import type { SystemUnderTest } from './system-under-test.js';
import { LONGEST_PAUSE_MS } from './virtual-process.js';
import { VirtualWorld } from './virtual-world.js';
import type { Violation } from './virtual-world.js';
import { Workload } from './workload.js';

/** The weather stays bad for a while after the last operation. */
const STORM_ENDS_MS = BUSY_MS + 5_000;
/** From then on everything has to come to rest. */
const CALM_MS = LONGEST_PAUSE_MS + 60_000;
/** Longer than a slow call takes. */
const LOOK_MS = 4_000;

/** What became of one run. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly violation: Violation | undefined;
  /** Equal for runs in which the same happened. */
  readonly hash: string;
  readonly steps: number;
  /** Events in the log at the end. */
  readonly events: number;
  /** The last steps, or all when they were asked for. */
  readonly trace: readonly string[];
}

/** Runs a scenario to its end or to the first violation. Real time plays no part in it. */
export async function runScenario(scenario: Scenario, system: SystemUnderTest, wholeTrace = false): Promise<Outcome> {
  const world = new VirtualWorld(`run ${scenario.seed}`, wholeTrace);
  const cluster = new Cluster(world, scenario, system);
  const workload = new Workload(cluster);
  await setUp(world, cluster, workload);
  cluster.start();
  cluster.storm();
  workload.schedule();
  for (const incident of scenario.incidents) world.after(incident.at - world.now, () => cluster.befall(incident));
  await world.run(STORM_ENDS_MS);
  cluster.calm();
  await rest(world, () => [cluster.shared.store.end, ...cluster.unrest(), ...workload.unanswered()]);
  if (world.violation === undefined) await checkAtEnd(world, cluster);
  return {
    scenario,
    violation: world.violation,
    hash: world.trace.hash,
    steps: world.trace.steps,
    events: cluster.shared.store.end,
    trace: world.trace.lines,
  };
}

async function setUp(world: VirtualWorld, cluster: Cluster, workload: Workload): Promise<void> {
  const setting: { isReady: boolean; failure?: unknown } = { isReady: false };
  workload.setUp(cluster.bystander()).then(
    () => (setting.isReady = true),
    (failure: unknown) => (setting.failure = failure),
  );
  while (!setting.isReady && setting.failure === undefined && world.violation === undefined)
    await world.run(world.now + 10);
  if (setting.failure !== undefined) throw new Error('the simulation could not be set up', { cause: setting.failure });
}

/** Waits until nothing moves any more: what is under way between log and states, processes and clients is not seen. */
async function rest(world: VirtualWorld, look: () => readonly [end: number, ...unrest: string[]]): Promise<void> {
  for (let before = -1; world.violation === undefined;) {
    const [end, ...unrest] = look();
    if (end === before && unrest.length === 0) return;
    if (world.now > STORM_ENDS_MS + CALM_MS) world.violate('comes-to-rest', `${unrest.join(', ')} did not`);
    before = end;
    await world.run(world.now + LOOK_MS);
  }
}

async function checkAtEnd(world: VirtualWorld, cluster: Cluster): Promise<void> {
  const { log, readers } = cluster.invariants;
  log.checkAtEnd();
  readers.groupIsComplete('history');
  await readers.historyIsComplete(cluster.shared.history);
}
