import { GuardConflict } from '../ports/index.js';
import type { EventLog } from '../ports/index.js';
import { KnownRights, Turns } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';

const COMPOSITION = 'composition';

/** Losing this often to other replicas means something is wrong; the last conflict is passed on. */
const MAX_ATTEMPTS = 20;

/**
 * Runs changes of the composition one after the other: each plans on what the one before has committed, so that two links
 * together never make a cycle. In this process by turns, in the order they came; between processes by a guard of their
 * commits, so that a process that was suspended in the middle of a change cannot do harm when it goes on.
 */
export class OneAtATime {
  readonly #turns = new Turns();

  constructor(private readonly log: Pick<EventLog, 'guardVersion'>) {}

  /**
   * @param change makes one commit at most, with the context that it is given; it is run again when another replica was
   *   first
   */
  run<T>(context: SignalContext, change: (context: SignalContext) => Promise<T>): Promise<T> {
    return this.#turns.run([COMPOSITION], async () => {
      for (let attempt = 1; ; attempt++) {
        const guard = { name: COMPOSITION, version: await this.log.guardVersion(COMPOSITION) };
        try {
          return await change({ ...context, guard, rights: new KnownRights() });
        } catch (error) {
          if (!(error instanceof GuardConflict) || attempt >= MAX_ATTEMPTS) throw error;
        }
      }
    });
  }
}
