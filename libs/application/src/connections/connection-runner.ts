import { clientFor, clientPart } from '@gemel/model/connections';
import type { Connection, ConnectionType } from '@gemel/model/connections';
import type { HeldLease, LeaseKeeper } from '../leases/index.js';
import type { HopHistogram } from '../pipelines/index.js';
import type { ConnectionOrders, ConnectionReport, Connector, Subscription } from '../ports/index.js';
import { clientToHandOver, hasItsShare } from './client-balance.js';
import type { HeldClients } from './client-balance.js';
import { ClientSpread } from './client-spread.js';
import { reportOf } from './connection-report.js';
import { connectionStatus, mergedStatus } from './connection-status.js';
import type { ConnectionStatus } from './connection-status.js';
import type { ConnectionCounters, HeldConnectionParts } from './held-connection.js';
import { KeptClient, NOTHING, sumOf } from './kept-client.js';
import { ConnectionMonitor } from './monitoring/index.js';

export interface ConnectionRunnerParts extends HeldConnectionParts {
  readonly leases: Pick<LeaseKeeper, 'compete' | 'holder'>;
  /**
   * How much later a replica competes for each further client of a connection, so that others come first; 0 where there are
   * no others. In milliseconds.
   */
  readonly spreadMs?: number;
  /** Most messages that come in on each client of a connection. @default as many as come */
  readonly messagesPerSecond?: number;
  /** Loads what opens connections of a type. */
  readonly connectors: (type: ConnectionType) => Promise<Connector>;
}

/** When a replica that has none competes for every client at the latest, in milliseconds. */
const LATEST_MS = 5_000;
/** By so many times the usual pause a replica waits longer that has a client of the connection already. */
const FULL_HANDED = 2;
/** For so long a client that was handed over, or given back, is left to replicas that have fewer, in milliseconds. */
const HANDED_OVER_MS = 6_000;
const GIVEN_BACK_MS = 1_500;

/** A connection as it should be now. */
export interface WantedConnection {
  readonly connection: Connection;
  /** Another one means that it has changed. */
  readonly revision: number;
  readonly orders: ConnectionOrders;
}

/** Runs connections: of all replicas that run the same one, exactly one has each of its clients open at a time. */
export class ConnectionRunner {
  readonly #running = new Map<string, RunningConnection>();
  /** What is under way because connections changed; they are held still. */
  readonly #stopping = new Map<RunningConnection, Promise<void>>();

  readonly #listeners = new Set<() => void>();
  #isTold = false;
  #replicas = 1;

  constructor(private readonly parts: ConnectionRunnerParts) {}

  /** The process, as reports name it. */
  get instance(): string {
    return this.parts.leases.holder;
  }

  /** Competes for each connection that should be open. */
  start(connections: readonly Connection[]): void {
    this.apply(connections.map((connection) => ({ connection, revision: 1, orders: {} })));
  }

  /** From now on runs these and no others; those that have not changed stay as they are. */
  apply(wanted: readonly WantedConnection[]): void {
    const ids = new Set<string>(wanted.map(({ connection }) => connection.id));
    for (const [id, running] of this.#running) {
      if (!ids.has(id)) void this.#end(id, running);
    }
    for (const each of wanted) this.#apply(each);
    this.#isTold = true;
  }

  /** Calls when something has changed that reports say of a connection; what they count changes all the time. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** So many replicas share the connections. */
  sharedBy(replicas: number): void {
    this.#replicas = replicas;
  }

  /** Hands one client over to another replica when this one has more than its share; false when it has not. */
  handOver(): boolean {
    const chosen = clientToHandOver(this.#held(), this.#replicas);
    if (chosen === undefined) return false;
    this.parts.log.info(
      { connectionId: chosen.id, client: chosen.client },
      'hands a connection over to another replica',
    );
    this.#running.get(chosen.id)?.handOver(chosen.client);
    return true;
  }

  #held(): readonly HeldClients[] {
    return [...this.#running.values()].flatMap((running) => running.heldClients() ?? []);
  }

  /** How many should be open, here or on another replica; undefined until it has been told. */
  wanted(): number | undefined {
    return this.#isTold
      ? this.status().filter(({ connectionStatus }) => connectionStatus === 'open').length
      : undefined;
  }

  /** Resolves when every connection held here is closed and given back. */
  async stop(): Promise<void> {
    for (const [id, running] of this.#running) void this.#end(id, running);
    await Promise.all(this.#stopping.values());
  }

  /** One for each connection. */
  status(): readonly ConnectionStatus[] {
    return [...this.#running.values()].map((running) => running.status());
  }

  /** Of the connections that are held here, by their ids. */
  counters(): ReadonlyMap<string, ConnectionCounters> {
    return new Map(
      [...this.#running].flatMap(([id, running]) => {
        const counters = running.counters();
        return counters === undefined ? [] : [[id, counters] as const];
      }),
    );
  }

  /** How long messages took to here, by connection. */
  hops(): ReadonlyMap<string, readonly HopHistogram[]> {
    return new Map([...this.#running].map(([id, running]) => [id, running.hops()]));
  }

  /** On the connections that are held here. */
  reports(): readonly ConnectionReport[] {
    return [...this.#running.values()].flatMap((running) => running.reports());
  }

  /** On one connection, one for each of its clients that is held here. */
  reportsOf(id: string): readonly ConnectionReport[] {
    const held = [this.#running.get(id), ...[...this.#stopping.keys()].filter((each) => each.id === id)];
    return held.map((running) => running?.reports() ?? []).find((reports) => reports.length > 0) ?? [];
  }

  #apply(wanted: WantedConnection): void {
    const { id } = wanted.connection;
    const running = this.#running.get(id);
    if (running?.revision === wanted.revision) {
      running.follow(wanted.orders);
      return;
    }
    const ended = running === undefined ? Promise.resolve() : this.#end(id, running);
    const patienceMs = () => (hasItsShare(this.#held(), id, this.#replicas) && this.#replicas > 1 ? GIVEN_BACK_MS : 0);
    const changed = () => {
      for (const listener of this.#listeners) listener();
    };
    const next = new RunningConnection(wanted, this.parts, { patienceMs, changed });
    this.#running.set(id, next);
    next.start(ended);
  }

  #end(id: string, running: RunningConnection): Promise<void> {
    this.#running.delete(id);
    const ended = running.stop().finally(() => this.#stopping.delete(running));
    this.#stopping.set(running, ended);
    return ended;
  }
}

/** What a connection needs of those beside it. */
interface Surroundings {
  /** For how long what others give back is left to others. */
  readonly patienceMs: () => number;
  readonly changed: () => void;
}

/** One revision of a connection in one replica: those of its clients whose leases are here. */
class RunningConnection {
  readonly id: string;
  readonly revision: number;
  readonly #connection: Connection;
  readonly #monitor: ConnectionMonitor;
  readonly #spread: ClientSpread;
  readonly #stopped = new AbortController();
  readonly #clients = new Map<number, KeptClient>();
  #competing: Promise<Subscription | undefined>[] = [];

  constructor(
    { connection, revision, orders }: WantedConnection,
    private readonly parts: ConnectionRunnerParts,
    private readonly surroundings: Surroundings,
  ) {
    this.id = connection.id;
    this.revision = revision;
    this.#connection = connection;
    this.#monitor = new ConnectionMonitor(connection, parts.clock);
    this.#monitor.follow(orders);
    this.#spread = new ClientSpread(connection.clientCount);
  }

  /** @param before what must have ended first */
  start(before: Promise<void>): void {
    const { status, clientCount } = this.#connection;
    if (status === 'closed') return;
    this.#competing = Array.from({ length: clientCount }, (_, index) => this.#compete(index, before));
  }

  follow(orders: ConnectionOrders): void {
    this.#monitor.follow(orders);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#competing.map(async (competing) => (await competing)?.stop()));
  }

  /** Undefined when it should not be open. */
  heldClients(): HeldClients | undefined {
    const { status, clientCount } = this.#connection;
    if (status === 'closed') return undefined;
    return { id: this.id, clientCount, clients: this.#held().map(([index]) => index) };
  }

  /** Closes a client, and competes for it again when others have had the time to take it. */
  handOver(index: number): void {
    const before = this.#competing[index];
    if (before !== undefined) this.#competing[index] = this.#competeAgain(index, before);
  }

  status(): ConnectionStatus {
    const { holder } = this.parts.leases;
    const [first, ...others] = this.#held().map(([index, client]) =>
      connectionStatus(clientPart(this.#connection, index), client.live(), holder),
    );
    return first === undefined ? connectionStatus(this.#connection, undefined, holder) : mergedStatus(first, others);
  }

  counters(): ConnectionCounters | undefined {
    return this.#clients.size === 0
      ? undefined
      : this.#held().reduce((sum, [, client]) => sumOf(sum, client.counters()), NOTHING);
  }

  hops(): readonly HopHistogram[] {
    return this.#monitor.hops.histograms();
  }

  /** Metrics and logs are those of all clients here: the first of them tells them. */
  reports(): readonly ConnectionReport[] {
    const { leases, clock } = this.parts;
    return this.#held().map(([index, client], place) =>
      reportOf({
        connection: clientPart(this.#connection, index),
        revision: this.revision,
        live: client.live(),
        client: index,
        monitor: place === 0 ? this.#monitor : undefined,
        instance: leases.holder,
        now: clock.now(),
      }),
    );
  }

  #held(): readonly (readonly [number, KeptClient])[] {
    return [...this.#clients].toSorted(([a], [b]) => a - b);
  }

  async #compete(index: number, before: Promise<void>): Promise<Subscription | undefined> {
    await before;
    const { leases, timers, spreadMs = 0 } = this.parts;
    const { clientCount } = this.#connection;
    // Every replica begins with another client, so that they are spread when several replicas are there.
    const place = (index + clientCount - clientFor(leases.holder, clientCount)) % clientCount;
    if (place > 0 && spreadMs > 0) {
      await timers.sleep(Math.min(place * spreadMs, LATEST_MS), this.#stopped.signal);
      // Those that have none come first, though they began with the same one, or have heard of the connection a second later.
      if (this.#clients.size > 0) await timers.sleep(FULL_HANDED * spreadMs, this.#stopped.signal);
    }
    return this.#take(index);
  }

  async #competeAgain(index: number, before: Promise<Subscription | undefined>): Promise<Subscription | undefined> {
    await (await before)?.stop();
    await this.parts.timers.sleep(HANDED_OVER_MS, this.#stopped.signal);
    return this.#take(index);
  }

  #take(index: number): Subscription | undefined {
    if (this.#stopped.signal.aborted) return undefined;
    const name = `connection:${this.id}${index === 0 ? '' : `#${String(index)}`}`;
    return this.parts.leases.compete(name, {
      start: (lease) => this.#open(index, lease),
      patienceMs: this.surroundings.patienceMs,
    });
  }

  async #open(index: number, lease: HeldLease): Promise<Subscription> {
    const { connectors } = this.parts;
    const connector = () => connectors(this.#connection.type);
    const client = new KeptClient(clientPart(this.#connection, index), {
      ...this.parts,
      ...{ lease, connector, monitor: this.#monitor, client: index, spread: this.#spread },
      changed: this.surroundings.changed,
    });
    this.#clients.set(index, client);
    await client.start();
    return {
      stop: async () => {
        try {
          await client.stop();
        } finally {
          this.#clients.delete(index);
        }
      },
    };
  }
}
