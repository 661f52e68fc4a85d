import type { JsonObject } from '@gemel/model/json';
import { parseClusterMember } from '@gemel/model/operations';
import type { ClusterMember } from '@gemel/model/operations';
import { inBackground } from '../background/index.js';
import type { Clock, Logger, PresenceBoard, Subscription, Timers } from '../ports/index.js';

/** Between two notes of a process. */
const BEAT_MS = 5_000;
/** A process whose last note is older is not there any more; three were missed, and clocks may differ. */
const GONE_AFTER_MS = 20_000;

export interface MembershipParts {
  /** The process itself, as it is now. */
  readonly self: () => Promise<ClusterMember>;
  /** Undefined when there are no others. */
  readonly board?: PresenceBoard | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Which processes are there, told by the notes that each leaves for the others. */
export class Membership {
  constructor(private readonly parts: MembershipParts) {}

  own(): Promise<ClusterMember> {
    return this.parts.self();
  }

  /** By instance; without the others when the board cannot be read. */
  async members(): Promise<readonly ClusterMember[]> {
    const own = await this.parts.self();
    const others = await this.#others(own.instance);
    return [own, ...others].toSorted((a, b) => (a.instance < b.instance ? -1 : 1));
  }

  /** Leaves notes until it is stopped, which takes the last one away. */
  announce(): Subscription {
    return inBackground((stopped) => this.#run(stopped));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { board, timers, log } = this.parts;
    if (board === undefined) return;
    while (!signal.aborted) {
      await this.#leaveNote(board).catch((error: unknown) => {
        log.debug({ error }, 'could not tell the other processes of this one');
      });
      await timers.sleep(BEAT_MS, signal);
    }
    const { instance } = await this.parts.self();
    await board.remove([instance]).catch((error: unknown) => {
      log.debug({ error }, 'could not tell the other processes that this one has ended');
    });
  }

  async #leaveNote(board: PresenceBoard): Promise<void> {
    const { instance, ...says } = await this.parts.self();
    await board.leave({ instance, at: this.parts.clock.now(), says: toJson(says) });
    const gone = (await board.notes()).filter(({ at }) => this.#isGone(at));
    await board.remove(gone.map((record) => record.instance));
  }

  async #others(own: string): Promise<readonly ClusterMember[]> {
    try {
      const notes = (await this.parts.board?.notes()) ?? [];
      return notes.flatMap(({ instance, at, says }) =>
        instance === own || this.#isGone(at) ? [] : [parseClusterMember(instance, says)],
      );
    } catch (error) {
      this.parts.log.debug({ error }, 'could not look who else is there');
      return [];
    }
  }

  #isGone(at: number): boolean {
    return at < this.parts.clock.now() - GONE_AFTER_MS;
  }
}

function toJson({ roles, status, health }: Omit<ClusterMember, 'instance'>): JsonObject {
  return { roles, status, health };
}
