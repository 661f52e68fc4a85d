import type { Connection } from '@gemel/model/connections';
import type { Instant } from '@gemel/model/time';
import type { Clock, ConnectionOrders } from '../../ports/index.js';
import { HopLatencies, UnseenAddresses } from '../../pipelines/index.js';
import { ConnectionLogs } from './connection-logs.js';
import type { LogCategory } from './connection-logs.js';
import { ConnectionMetrics, RESPONSES } from './connection-metrics.js';
import type { Direction, MetricType } from './connection-metrics.js';

/** What is known of the message that something happened to. */
export interface Monitored {
  readonly correlationId?: string | undefined;
  readonly thingId?: string | undefined;
}

/** Counts and logs what happens to the messages of one connection while it is open here. */
export class ConnectionMonitor {
  readonly metrics: ConnectionMetrics;
  readonly logs = new ConnectionLogs();
  readonly unseen = new UnseenAddresses();
  readonly hops = new HopLatencies();
  #orders: ConnectionOrders = {};

  constructor(
    { sources, targets }: Pick<Connection, 'sources' | 'targets'>,
    private readonly clock: Clock,
  ) {
    this.metrics = new ConnectionMetrics({
      inbound: sources.flatMap(({ addresses }) => addresses),
      outbound: [...targets.map(({ address }) => address.text), RESPONSES],
    });
  }

  /** Does what is new in them. */
  follow(orders: ConnectionOrders): void {
    const { logsSince, logsUntil, logsResetAt, metricsResetAt } = orders;
    if (logsSince !== undefined && logsUntil !== undefined) this.logs.enable(logsSince, logsUntil);
    if (logsResetAt !== undefined && logsResetAt !== this.#orders.logsResetAt) this.logs.reset(logsResetAt);
    if (metricsResetAt !== undefined && metricsResetAt !== this.#orders.metricsResetAt) {
      this.metrics.reset();
      this.unseen.reset();
    }
    this.#orders = orders;
  }

  /** Which order to begin counting anew was the last one to be done. */
  get metricsResetAt(): Instant | undefined {
    return this.#orders.metricsResetAt;
  }

  /** What a source took. @param address that of the source, with its wildcards */
  inbound(address: string, type: MetricType, failure: string | undefined, about: Monitored = {}): void {
    this.#happened('source', address, type, { failure, about });
  }

  /** What a source took could be mapped, and was refused all the same. */
  refused(address: string, reason: string, { correlationId, thingId }: Monitored): void {
    const entry = { category: 'source', type: 'other', level: 'failure', message: reason } as const;
    this.logs.add({ at: this.clock.now(), ...entry, address, correlationId, thingId });
  }

  /** @param address that of the target, with its placeholders */
  outbound(address: string, type: MetricType, failure: string | undefined, about: Monitored = {}): void {
    this.#happened('target', address, type, { failure, about });
  }

  /** Of an answer to what came in. */
  response(type: MetricType, failure: string | undefined, about: Monitored = {}): void {
    this.#happened('response', RESPONSES, type, { failure, about });
  }

  /** Of the connection itself. */
  connection(message: string, level: 'success' | 'failure'): void {
    this.logs.add({ at: this.clock.now(), category: 'connection', type: 'other', level, message });
  }

  #happened(
    category: LogCategory,
    address: string,
    type: MetricType,
    { failure, about }: { readonly failure: string | undefined; readonly about: Monitored },
  ): void {
    const now = this.clock.now();
    const direction: Direction = category === 'source' ? 'inbound' : 'outbound';
    const isSuccess = failure === undefined;
    this.metrics.count(direction, address, type, { isSuccess, now });
    if (!this.logs.isOn(now)) return;
    this.logs.add({
      at: now,
      category,
      type,
      level: isSuccess ? 'success' : 'failure',
      message: failure ?? SUCCESSES[type],
      correlationId: about.correlationId,
      address,
      thingId: about.thingId,
    });
  }
}

const SUCCESSES: Readonly<Record<MetricType, string>> = {
  consumed: 'A message was received.',
  mapped: 'The message was mapped.',
  dropped: 'The mapping made nothing of the message.',
  enforced: 'The message may be about this thing.',
  acknowledged: 'The message was acknowledged.',
  throttled: 'Messages were held back.',
  dispatched: 'A signal is for the target.',
  filtered: 'The signal passed the filter of the target.',
  published: 'The message was published.',
};
