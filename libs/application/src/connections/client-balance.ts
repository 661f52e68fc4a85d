import { inBackground } from '../background/index.js';
import type { ConnectionBoard, Logger, Subscription, Timers } from '../ports/index.js';
import { LEASE_TIMES } from '../leases/index.js';

/** How often is looked which replicas there are, in milliseconds. */
const LOOK_MS = 2_000;
/** For so long the same replicas must be there before anything moves: restarts often follow each other. In milliseconds. */
const STEADY_MS = 15_000;
/** So much more than its share of all a replica may keep: each hand-over interrupts a connection for a second or two. */
const SLACK = { clients: 2, part: 0.2 };
/** Between two clients that are handed over, in milliseconds. */
const PACE_MS = 5_000;

/** What a process holds of a connection that should be open. */
export interface HeldClients {
  readonly id: string;
  readonly clientCount: number;
  /** Their indexes. */
  readonly clients: readonly number[];
}

/** Whether a replica has its share already: of the clients of the connection, or of all. */
export function hasItsShare(all: readonly HeldClients[], id: string, replicas: number): boolean {
  const one = all.find((each) => each.id === id);
  if (one !== undefined && one.clientCount > 1 && one.clients.length >= shareOf(one.clientCount, replicas)) return true;
  return heldOf(all) >= shareOf(wantedOf(all), replicas);
}

/**
 * Which client a replica should leave to others, so that in the end each has about as many: the last one of a connection of which it has
 * more than its share, else, when it has much more than its share of all, another one.
 */
export function clientToHandOver(
  all: readonly HeldClients[],
  replicas: number,
): { readonly id: string; readonly client: number } | undefined {
  if (replicas < 2) return undefined;
  const beyondShare = ({ clients, clientCount }: HeldClients) => clients.length - shareOf(clientCount, replicas);
  const share = shareOf(wantedOf(all), replicas);
  const isTooMany = heldOf(all) > share + Math.max(SLACK.clients, SLACK.part * share);
  const most = all
    .filter((each) => each.clients.length > 0 && (beyondShare(each) > 0 || isTooMany))
    .toSorted((a, b) => beyondShare(b) - beyondShare(a) || a.clients.length - b.clients.length)[0];
  const client = most?.clients.at(-1);
  return most === undefined || client === undefined ? undefined : { id: most.id, client };
}

function shareOf(clients: number, replicas: number): number {
  return Math.ceil(clients / Math.max(replicas, 1));
}

function heldOf(all: readonly HeldClients[]): number {
  return all.reduce((sum, { clients }) => sum + clients.length, 0);
}

function wantedOf(all: readonly HeldClients[]): number {
  return all.reduce((sum, { clientCount }) => sum + clientCount, 0);
}

export interface ClientBalanceParts {
  readonly runner: {
    /** From now on there are so many. */
    sharedBy(replicas: number): void;
    /** Hands one client over, when it has too many; false when it has not. */
    handOver(): boolean;
  };
  readonly board: Pick<ConnectionBoard, 'present'>;
  readonly timers: Timers;
  readonly log: Logger;
}

/** Gives clients of connections to replicas that have come since, one at a time. */
export class ClientBalance {
  #replicas = '';
  #since = 0;
  #handedAt = 0;

  constructor(private readonly parts: ClientBalanceParts) {}

  start(): Subscription {
    return inBackground((stopped) => this.#run(stopped));
  }

  async #run(stopped: AbortSignal): Promise<void> {
    const { timers, log } = this.parts;
    while (!stopped.aborted) {
      try {
        await this.#look();
      } catch (error) {
        log.debug({ error }, 'could not look which replicas share the connections');
      }
      await timers.sleep(LOOK_MS, stopped);
    }
  }

  async #look(): Promise<void> {
    const { runner, board, timers } = this.parts;
    const present = await board.present(LEASE_TIMES.abandonedAfterMs);
    const now = timers.now();
    runner.sharedBy(present.length);
    const replicas = present.toSorted().join();
    if (replicas !== this.#replicas) {
      this.#replicas = replicas;
      this.#since = now;
    }
    if (now - this.#since < STEADY_MS || now - this.#handedAt < PACE_MS) return;
    if (runner.handOver()) this.#handedAt = now;
  }
}
