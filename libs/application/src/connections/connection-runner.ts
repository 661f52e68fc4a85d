import type { Connection, ConnectionType } from '@gemel/model/connections';
import type { HeldLease, LeaseKeeper } from '../leases/index.js';
import type { HopHistogram } from '../pipelines/index.js';
import type { ConnectionOrders, ConnectionReport, Connector, Subscription } from '../ports/index.js';
import { reportOf } from './connection-report.js';
import { connectionStatus } from './connection-status.js';
import type { ConnectionStatus } from './connection-status.js';
import type { ConnectionCounters, HeldConnectionParts } from './held-connection.js';
import { KeptClient } from './kept-client.js';
import { ConnectionMonitor } from './monitoring/index.js';

export interface ConnectionRunnerParts extends HeldConnectionParts {
  readonly leases: Pick<LeaseKeeper, 'compete' | 'holder'>;
  /** Loads what opens connections of a type. */
  readonly connectors: (type: ConnectionType) => Promise<Connector>;
}

/** A connection as it should be now. */
export interface WantedConnection {
  readonly connection: Connection;
  /** Another one means that it has changed. */
  readonly revision: number;
  readonly orders: ConnectionOrders;
}

/** Runs connections: of all replicas that run the same one, exactly one has it open at a time. */
export class ConnectionRunner {
  readonly #running = new Map<string, RunningConnection>();
  /** What is under way because connections changed; they are held still. */
  readonly #stopping = new Map<RunningConnection, Promise<void>>();

  #isTold = false;

  constructor(private readonly parts: ConnectionRunnerParts) {}

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
    return [...this.#running.values()].flatMap((running) => running.report() ?? []);
  }

  /** On one connection; undefined while it is not held here. */
  report(id: string): ConnectionReport | undefined {
    const held = [this.#running.get(id), ...[...this.#stopping.keys()].filter((each) => each.id === id)];
    return held.map((running) => running?.report()).find((report) => report !== undefined);
  }

  #apply(wanted: WantedConnection): void {
    const { id } = wanted.connection;
    const running = this.#running.get(id);
    if (running?.revision === wanted.revision) {
      running.follow(wanted.orders);
      return;
    }
    const ended = running === undefined ? Promise.resolve() : this.#end(id, running);
    const next = new RunningConnection(wanted, this.parts);
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

/** One revision of a connection in one replica. */
class RunningConnection {
  readonly id: string;
  readonly revision: number;
  readonly #connection: Connection;
  readonly #monitor: ConnectionMonitor;
  #competing: Promise<Subscription | undefined> = Promise.resolve(undefined);
  #client: KeptClient | undefined;
  #isStopped = false;

  constructor(
    { connection, revision, orders }: WantedConnection,
    private readonly parts: ConnectionRunnerParts,
  ) {
    this.id = connection.id;
    this.revision = revision;
    this.#connection = connection;
    this.#monitor = new ConnectionMonitor(connection, parts.clock);
    this.#monitor.follow(orders);
  }

  /** @param before what must have ended first */
  start(before: Promise<void>): void {
    if (this.#connection.status === 'closed') return;
    this.#competing = before.then(() =>
      this.#isStopped
        ? undefined
        : this.parts.leases.compete(`connection:${this.#connection.id}`, { start: (lease) => this.#open(lease) }),
    );
  }

  follow(orders: ConnectionOrders): void {
    this.#monitor.follow(orders);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await (await this.#competing)?.stop();
  }

  status(): ConnectionStatus {
    return connectionStatus(this.#connection, this.#client?.live(), this.parts.leases.holder);
  }

  counters(): ConnectionCounters | undefined {
    return this.#client?.counters();
  }

  hops(): readonly HopHistogram[] {
    return this.#monitor.hops.histograms();
  }

  report(): ConnectionReport | undefined {
    if (this.#client === undefined) return undefined;
    const { leases, clock } = this.parts;
    return reportOf({
      connection: this.#connection,
      revision: this.revision,
      live: this.#client.live(),
      monitor: this.#monitor,
      instance: leases.holder,
      now: clock.now(),
    });
  }

  async #open(lease: HeldLease): Promise<Subscription> {
    const { connectors } = this.parts;
    const connector = () => connectors(this.#connection.type);
    const client = new KeptClient(this.#connection, { ...this.parts, lease, connector, monitor: this.#monitor });
    this.#client = client;
    await client.start();
    return {
      stop: async () => {
        try {
          await client.stop();
        } finally {
          this.#client = undefined;
        }
      },
    };
  }
}
