import { makeScenario } from './make-scenario.js';
import { runScenario } from './run-scenario.js';
import type { Outcome } from './run-scenario.js';
import type { PlantedFault } from './scenario.js';
import type { SystemUnderTest } from './system-under-test.js';

export interface CampaignOptions {
  /** The first one; the others follow. @default 1 */
  readonly firstSeed?: number | undefined;
  /** Most seeds that are run. */
  readonly seeds: number;
  readonly planted?: PlantedFault | undefined;
  /** Called after each run, which may take some milliseconds. */
  readonly onRun?: (outcome: Outcome) => void;
}

export interface Campaign {
  readonly seeds: number;
  readonly steps: number;
  readonly events: number;
  /** The first run in which something did not hold; the campaign ends with it. */
  readonly failure: Outcome | undefined;
}

/** Runs seed after seed until one fails. */
export async function runCampaign(
  { firstSeed = 1, seeds, planted, onRun }: CampaignOptions,
  system: SystemUnderTest,
): Promise<Campaign> {
  let steps = 0;
  let events = 0;
  for (let count = 1; count <= seeds; count += 1) {
    const outcome = await runScenario(makeScenario(firstSeed + count - 1, planted), system);
    // So that signals and timers of the process have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    steps += outcome.steps;
    events += outcome.events;
    onRun?.(outcome);
    if (outcome.violation !== undefined) return { seeds: count, steps, events, failure: outcome };
  }
  return { seeds, steps, events, failure: undefined };
}
