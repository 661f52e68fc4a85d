import { parseConnection } from '@gemel/model/connections';
import type { Connection, ConnectionRules } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import type { ConnectionStore, Logger, Subscription, Timers } from '../ports/index.js';
import type { ConnectionRegistry, KnownConnection } from './connection-registry.js';
import type { ConnectionRunner, WantedConnection } from './connection-runner.js';

/** How long what another replica has changed may go unnoticed, in milliseconds. */
const LOOK_MS = 1_000;

export interface ConnectionWatchParts {
  readonly registry: Pick<ConnectionRegistry, 'all'>;
  readonly store: Pick<ConnectionStore, 'connectionOrders' | 'connectionsVersion'>;
  readonly runner: Pick<ConnectionRunner, 'apply' | 'stop'>;
  readonly rules: ConnectionRules;
  readonly timers: Timers;
  readonly log: Logger;
  /** Calls when something has changed, where the store can tell. */
  readonly onChange?: (listener: () => void) => () => void;
  /** Between two looks at the least, however often it is told, in milliseconds: each may read all connections. @default 0 */
  readonly restMs?: number;
}

/** Has connections run as they are stored, from the start to the stop, whoever changes them. */
export class ConnectionWatch {
  readonly #refused = new Set<string>();
  /** As they were at the last look, by id: most have not changed since. */
  #parsed: ReadonlyMap<string, WantedConnection> = new Map();
  #version: number | undefined;
  #waiting = new AbortController();

  constructor(private readonly parts: ConnectionWatchParts) {}

  start(): Subscription {
    const stopped = new AbortController();
    const unlisten = this.parts.onChange?.(() => this.#waiting.abort());
    const running = this.#run(stopped.signal);
    return {
      stop: async () => {
        unlisten?.();
        stopped.abort();
        this.#waiting.abort();
        await running;
        await this.parts.runner.stop();
      },
    };
  }

  async #run(stopped: AbortSignal): Promise<void> {
    const { timers, log, restMs = 0 } = this.parts;
    while (!stopped.aborted) {
      this.#waiting = new AbortController();
      try {
        await this.#look();
      } catch (error) {
        // What runs goes on running.
        log.warn({ error }, 'could not look for changes of connections; tries again');
      }
      if (restMs > 0) await timers.sleep(restMs, stopped);
      await timers.sleep(LOOK_MS - restMs, this.#waiting.signal);
    }
  }

  async #look(): Promise<void> {
    const { registry, store, runner } = this.parts;
    const version = await store.connectionsVersion();
    if (version === this.#version) return;
    const [all, orders] = await Promise.all([registry.all(), store.connectionOrders()]);
    const wanted: WantedConnection[] = [];
    for (const known of byPriority(all)) {
      const before = this.#parsed.get(known.id);
      const connection = before?.revision === known.revision ? before.connection : this.#parse(known);
      if (connection === undefined) continue;
      wanted.push({ connection, revision: known.revision, orders: orders.get(known.id) ?? {} });
    }
    this.#parsed = new Map(wanted.map((each) => [each.connection.id, each]));
    runner.apply(wanted);
    this.#version = version;
  }

  /** Undefined, and logged once, for what an older or newer version has stored, or what cannot be unlocked. */
  #parse({ id, revision, definition, isReadable }: KnownConnection): Connection | undefined {
    const key = `${id}/${String(revision)}`;
    try {
      if (isReadable) return parseConnection(definition, this.parts.rules);
      this.#refuse(key, id, 'its secrets were locked with a key that is not known');
    } catch (error) {
      if (!(error instanceof GemelError)) throw error;
      this.#refuse(key, id, error.message);
    }
    return undefined;
  }

  #refuse(key: string, connectionId: string, reason: string): void {
    if (this.#refused.has(key)) return;
    this.#refused.add(key);
    this.parts.log.error({ connectionId, reason }, 'a stored connection cannot be opened');
  }
}

/** Those with more to do first, so that they do not wait for the others when everything starts. */
function byPriority(all: readonly KnownConnection[]): readonly KnownConnection[] {
  const weight = ({ definition }: KnownConnection): number =>
    JSON.stringify(definition['tags'] ?? '').includes('"priority"') ? 1 : 0;
  return all.toSorted((a, b) => weight(b) - weight(a) || b.modified - a.modified);
}
