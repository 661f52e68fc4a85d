import type { JsonObject } from '@gemel/model/json';
import { formatInstant } from '@gemel/model/time';
import type { Instant } from '@gemel/model/time';
import type { MetricType } from './connection-metrics.js';

export type LogCategory = 'connection' | 'source' | 'target' | 'response';
export type LogType = MetricType | 'other';

export interface LogEntry {
  readonly at: Instant;
  readonly category: LogCategory;
  readonly type: LogType;
  readonly level: 'success' | 'failure';
  readonly message: string;
  /** `<not-provided>` when absent, as in Ditto. */
  readonly correlationId?: string | undefined;
  readonly address?: string | undefined;
  readonly thingId?: string | undefined;
}

/** Of each category, type and address, for each level. [ditto connectivity.conf, monitoring.logger] */
const KEPT_OF_A_KIND = 10;
const MAX_MESSAGE_LENGTH = 1_000;
/** Addresses with placeholders resolve to as many texts as there are things. */
const MAX_KINDS = 200;

/** The last entries of each kind, while somebody wants them. */
export class ConnectionLogs {
  readonly #rings = new Map<string, LogEntry[]>();
  #since: Instant = 0;
  #until: Instant = 0;

  /** Keeps what happens from `since` to `until`; what is there stays. */
  enable(since: Instant, until: Instant): void {
    this.#since = since;
    this.#until = until;
  }

  isOn(now: Instant): boolean {
    return now >= this.#since && now < this.#until;
  }

  add(entry: LogEntry): void {
    if (!this.isOn(entry.at)) return;
    const key = `${entry.category}/${entry.type}/${entry.level}/${entry.address ?? ''}`;
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      if (this.#rings.size >= MAX_KINDS) this.#forgetFirst();
      this.#rings.set(key, (ring = []));
    }
    ring.push({ ...entry, message: entry.message.slice(0, MAX_MESSAGE_LENGTH) });
    if (ring.length > KEPT_OF_A_KIND) ring.shift();
  }

  /** Forgets what was before. */
  reset(before: Instant): void {
    for (const [key, ring] of this.#rings) {
      const left = ring.filter(({ at }) => at >= before);
      if (left.length === 0) this.#rings.delete(key);
      else this.#rings.set(key, left);
    }
  }

  /** From the oldest to the newest. */
  entries(): readonly LogEntry[] {
    return [...this.#rings.values()].flat().toSorted((a, b) => a.at - b.at);
  }

  #forgetFirst(): void {
    const first = this.#rings.keys().next();
    if (first.done !== true) this.#rings.delete(first.value);
  }
}

/** Ditto's log entry. */
export function logEntryJson(entry: LogEntry, instance: string): JsonObject {
  const { at, category, type, level, message, correlationId, address, thingId } = entry;
  return {
    correlationId: correlationId ?? '<not-provided>',
    timestamp: formatInstant(at),
    category,
    type,
    level,
    message,
    ...(address === undefined ? undefined : { address }),
    ...(thingId === undefined ? undefined : { entityType: 'thing', entityId: thingId }),
    instanceId: instance,
  };
}
