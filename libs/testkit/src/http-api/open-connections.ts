import {
  ConnectionRunner,
  ConnectionWatch,
  LocalLeases,
  createConnectionManagement,
} from '@gemel/application/connections';
import type { ConnectionManagement, ConnectionRunnerParts } from '@gemel/application/connections';
import { PUBLISHED } from '@gemel/application/ports';
import type {
  Connector,
  ConnectorObserver,
  InboundHandler,
  OutboundMessage,
  PublishOutcome,
  SecretLock,
} from '@gemel/application/ports';
import { MemoryConnections } from '../memory/index.js';

/** Brokers that are not there: what they do is up to the test, by the host of the connection. */
export class FakeBrokers {
  /** What they were sent. */
  readonly published: OutboundMessage[] = [];
  /** What they say of what they are sent. */
  answer: (message: OutboundMessage) => PublishOutcome = () => PUBLISHED;
  /** Connections that are open, by their ids. */
  readonly open = new Map<string, { readonly handler: InboundHandler; readonly observer: ConnectorObserver }>();

  /** Those at host `refusing` are refused, those at `silent` never answered. */
  readonly connector: Connector = {
    open: (connection, handler, observer) => {
      const { id, uri } = connection;
      if (uri.host === 'broken') return Promise.reject(new Error('the key cannot be read'));
      this.open.set(id, { handler, observer });
      const state = { refusing: 'connecting', silent: undefined }[uri.host] ?? 'open';
      const status = { state: state === 'open' ? 'open' : 'connecting', detail: `${uri.host} says so` } as const;
      if (uri.host !== 'silent') setImmediate(() => observer(status));
      return Promise.resolve({
        publish: (message) => {
          this.published.push(message);
          return Promise.resolve(this.answer(message));
        },
        hasReceivers: () => true,
        status: () => status,
        close: () => {
          this.open.delete(id);
          return Promise.resolve();
        },
      });
    },
  };
}

export interface OpenedManagement {
  readonly management: ConnectionManagement;
  readonly brokers: FakeBrokers;
  readonly runner: ConnectionRunner;
  readonly store: MemoryConnections;
  /** Ids of connections that somebody looked at, each time. */
  readonly lookedAt: readonly string[];
  stop(): Promise<void>;
}

/** A lock that anybody can open: what it locks is only told from what it does not. */
const LOCK: SecretLock = {
  lock: (text) => `locked:${Buffer.from(text).toString('hex')}`,
  unlock: (text) => (text.startsWith('locked:') ? Buffer.from(text.slice(7), 'hex').toString() : text),
  isStale: (text) => !text.startsWith('locked:'),
};

/** The management of connections with a store in memory, and brokers that are not there. */
export function openConnections(
  parts: Omit<ConnectionRunnerParts, 'leases' | 'connectors'>,
  ids: { uuid(): string },
): OpenedManagement {
  const brokers = new FakeBrokers();
  const connectors = () => Promise.resolve(brokers.connector);
  const store = new MemoryConnections();
  const runner = new ConnectionRunner({ ...parts, connectors, leases: new LocalLeases('here', parts.log) });
  const lookedAt: string[] = [];
  const rules = { unknownMembers: 'ignored' } as const;
  const management = createConnectionManagement({
    ...{ store, connectors, ids, lock: LOCK, clock: parts.clock, timers: parts.timers },
    scripts: parts.scripts,
    reports: { reportsOf: (id) => Promise.resolve(runner.reportsOf(id)), lookedAt: (id) => lookedAt.push(id) },
    checkHosts: () => Promise.resolve(),
    options: { rules, maxListed: 100, logsForMs: 3_600_000 },
  });
  const { registry } = management;
  const watch = new ConnectionWatch({
    ...{ registry, store, runner, rules },
    timers: parts.timers,
    log: parts.log,
    onChange: (listener) => store.onChange(listener),
  });
  const watching = watch.start();
  return { management, brokers, runner, store, lookedAt, stop: () => watching.stop() };
}
