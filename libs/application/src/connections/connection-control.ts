import {
  ConnectionFailed,
  ConnectionTimeout,
  ConnectivityCommandInvalid,
  parseConnection,
} from '@gemel/model/connections';
import type { Connection, ConnectionId, ConnectionRules } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type {
  Clock,
  ConnectionOrders,
  ConnectionReport,
  ConnectionStore,
  PostedReport,
  Timers,
} from '../ports/index.js';
import type { KnownConnection } from './connection-registry.js';
import type { ConnectionService, ShownConnection } from './connection-service.js';
import { isLost, logsOf, metricsOf, statusOf, textIn, unseenOf } from './connection-view.js';
import type { Observed } from './connection-view.js';
import { ConnectionMonitor } from './monitoring/index.js';

/** How long somebody waits for a connection to open or to close, and how often is looked, in milliseconds. */
const OPENING_MS = 10_000;
const CLOSING_MS = 6_000;
const LOOK_MS = 25;
const LONGEST_LOOK_MS = 400;

/** What the processes say that have connections open. */
export interface ConnectionReports {
  reportsOf(id: string): Promise<readonly PostedReport[]>;
  /** Somebody looks at the connection: who has it open says what is new, for the next look. */
  lookedAt?(id: string): void;
}

export interface ConnectionControlParts {
  readonly connections: Pick<ConnectionService, 'create' | 'known' | 'setStatus'>;
  readonly store: Pick<ConnectionStore, 'connectionOrders' | 'orderConnection'>;
  readonly reports: ConnectionReports;
  readonly rules: ConnectionRules;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long logs are kept after somebody has asked for them, in milliseconds. */
  readonly logsForMs: number;
}

/** What operators have connections do, and see of them. */
export class ConnectionControl {
  readonly #commands: Readonly<Record<string, (id: ConnectionId) => Promise<unknown>>> = {
    openConnection: (id) => this.open(id),
    closeConnection: (id) => this.close(id),
    resetConnectionMetrics: (id) => this.#order(id, (now) => ({ metricsResetAt: now })),
    enableConnectionLogs: (id) => this.enableLogs(id),
    resetConnectionLogs: (id) => this.#order(id, (now) => ({ logsResetAt: now })),
  };

  readonly #logsOn = (now: number): ConnectionOrders => ({ logsSince: now, logsUntil: now + this.parts.logsForMs });

  constructor(private readonly parts: ConnectionControlParts) {}

  /**
   * Does what Ditto's command says.
   * @param text `connectivity.commands:openConnection` and the like
   * @throws ConnectivityCommandInvalid, ConnectionNotAccessible, ConnectionFailed, ConnectionTimeout
   */
  async command(id: ConnectionId, text: string): Promise<void> {
    const [, name = ''] = /^connectivity\.commands:([a-zA-Z]+)$/.exec(text) ?? [];
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    if (command === undefined) throw new ConnectivityCommandInvalid(text);
    await command(id);
  }

  /**
   * Creates a connection, with its logs on from the first message if it is to be open.
   * @param id chosen by the caller; a new one when undefined
   * @throws ConnectionIdNotSettable, ConnectionConflict
   */
  create(json: JsonValue, id?: ConnectionId): Promise<ShownConnection> {
    return this.parts.connections.create(
      json,
      async (created, definition) => {
        if (textIn(definition, 'connectionStatus') === 'open') await this.#giveOrder(created, this.#logsOn);
      },
      id,
    );
  }

  /** Resolves when it receives and sends. */
  async open(id: ConnectionId): Promise<void> {
    await this.enableLogs(id);
    const { revision, definition } = await this.parts.connections.setStatus(id, 'open');
    const clients = Number(member(definition, 'clientCount') ?? 1);
    const settledIn = (reports: readonly ConnectionReport[]) =>
      reports.filter((report) => isOf(report, revision) && hasSettled(report));
    const begun = this.parts.timers.now();
    const last = await this.#reported(id, OPENING_MS, (reports) => {
      const settled = settledIn(reports);
      return settled.length >= clients || settled.some((report) => stateOf(report) !== 'open');
    });
    const settled = settledIn(last);
    const failed = settled.find((report) => stateOf(report) !== 'open');
    if (failed !== undefined) throw new ConnectionFailed(id, detailOf(failed));
    if (settled.length < clients) throw new ConnectionTimeout(id, Math.round(this.parts.timers.now() - begun));
  }

  /** Resolves when it is closed, or after some seconds: then it goes on closing. */
  async close(id: ConnectionId): Promise<void> {
    await this.parts.connections.setStatus(id, 'closed');
    await this.#reported(id, CLOSING_MS, (reports) => reports.every(isLost));
  }

  async enableLogs(id: ConnectionId): Promise<void> {
    await this.#order(id, this.#logsOn);
  }

  async status(id: ConnectionId): Promise<JsonObject> {
    return statusOf(await this.#observed(id));
  }

  async metrics(id: ConnectionId): Promise<JsonObject> {
    const { clock } = this.parts;
    const observed = await this.#observed(id);
    const connection = observed.connection ?? { sources: [], targets: [] };
    return metricsOf(observed, new ConnectionMonitor(connection, clock).metrics.toJson(clock.now()));
  }

  /** Addresses of which no mapping makes anything. */
  async unseen(id: ConnectionId): Promise<JsonObject> {
    return unseenOf(await this.#observed(id));
  }

  async logs(id: ConnectionId): Promise<JsonObject> {
    return logsOf(await this.#observed(id));
  }

  async #observed(id: ConnectionId): Promise<Observed> {
    const { connections, store, reports, clock } = this.parts;
    const known = await connections.known(id);
    reports.lookedAt?.(id);
    const [orders, present] = await Promise.all([store.connectionOrders(), reports.reportsOf(id)]);
    return {
      id,
      connection: this.#parsed(known),
      wanted: textIn(known.definition, 'connectionStatus') ?? 'unknown',
      revision: known.revision,
      modified: known.modified,
      reports: present,
      orders: orders.get(id) ?? {},
      now: clock.now(),
    };
  }

  /** Undefined when its secrets cannot be read, or another version has stored what this one does not know. */
  #parsed({ definition, isReadable }: KnownConnection): Connection | undefined {
    try {
      return isReadable ? parseConnection(definition, this.parts.rules) : undefined;
    } catch (error) {
      if (error instanceof GemelError) return undefined;
      throw error;
    }
  }

  /** Of a connection that there is. */
  async #order(id: ConnectionId, made: (now: number) => ConnectionOrders): Promise<void> {
    await this.parts.connections.known(id);
    await this.#giveOrder(id, made);
  }

  async #giveOrder(id: ConnectionId, made: (now: number) => ConnectionOrders): Promise<void> {
    const { store, clock } = this.parts;
    const present = (await store.connectionOrders()).get(id) ?? {};
    await store.orderConnection(id, { ...present, ...made(clock.now()) });
  }

  /** The reports when they are as they are waited for, or the last ones. */
  async #reported(
    id: ConnectionId,
    withinMs: number,
    isThere: (reports: readonly PostedReport[]) => boolean,
  ): Promise<readonly PostedReport[]> {
    const { timers, reports } = this.parts;
    const until = timers.now() + withinMs;
    for (let pauseMs = LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_LOOK_MS)) {
      const present = await reports.reportsOf(id);
      if (isThere(present) || timers.now() >= until) return present;
      await timers.sleep(pauseMs, new AbortController().signal);
    }
  }
}

function isOf({ says }: ConnectionReport, revision: number): boolean {
  return Number(says['revision']) >= revision;
}

function hasSettled(report: ConnectionReport): boolean {
  return stateOf(report) !== 'unknown';
}

function stateOf(report: ConnectionReport): string {
  return textIn(clientOf(report), 'status') ?? 'unknown';
}

function detailOf(report: ConnectionReport): string {
  return (textIn(clientOf(report), 'statusDetails') ?? '').replace(/\.$/, '');
}

function clientOf({ says }: ConnectionReport): JsonObject {
  const clients = member(says, 'clientStatus');
  const [first] = isJsonArray(clients) ? clients : [];
  return isJsonObject(first) ? first : {};
}
