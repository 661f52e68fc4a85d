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

const CATEGORIES: Readonly<Record<LogCategory, number>> = { connection: 0, source: 1, target: 2, response: 3 };
const TYPES: Readonly<Record<LogType, number>> = {
  ...{ consumed: 0, mapped: 1, dropped: 2, enforced: 3, acknowledged: 4, throttled: 5, dispatched: 6, filtered: 7 },
  ...{ published: 8, other: 9 },
};

/** The last entries of each kind, while somebody wants them. */
export class ConnectionLogs {
  /** By address, and of each by kind. */
  readonly #rings = new Map<string, Map<number, LogEntry[]>>();
  #ringCount = 0;
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
    const ring = this.#ring(entry);
    const isLong = entry.message.length > MAX_MESSAGE_LENGTH;
    ring.push(isLong ? { ...entry, message: entry.message.slice(0, MAX_MESSAGE_LENGTH) } : entry);
    if (ring.length > KEPT_OF_A_KIND) ring.shift();
  }

  /** Under keys that need no new texts: several entries are added for each message. */
  #ring(entry: LogEntry): LogEntry[] {
    const kind = kindOf(entry);
    const { address = '' } = entry;
    const known = this.#rings.get(address)?.get(kind);
    if (known !== undefined) return known;
    if (this.#ringCount >= MAX_KINDS) this.#forgetFirst();
    const ring: LogEntry[] = [];
    const ofAddress = this.#rings.get(address) ?? new Map<number, LogEntry[]>();
    this.#rings.set(address, ofAddress.set(kind, ring));
    this.#ringCount++;
    return ring;
  }

  /** Forgets what was before. */
  reset(before: Instant): void {
    for (const [address, ofAddress] of this.#rings) {
      for (const [kind, ring] of ofAddress) {
        const left = ring.filter(({ at }) => at >= before);
        if (left.length === 0) this.#forget(address, kind);
        else ofAddress.set(kind, left);
      }
    }
  }

  /** From the oldest to the newest. */
  entries(): readonly LogEntry[] {
    const rings = [...this.#rings.values()].flatMap((ofAddress) => [...ofAddress.values()]);
    return rings.flat().toSorted((a, b) => a.at - b.at);
  }

  #forgetFirst(): void {
    for (const [address, ofAddress] of this.#rings) {
      for (const kind of ofAddress.keys()) {
        this.#forget(address, kind);
        return;
      }
    }
  }

  #forget(address: string, kind: number): void {
    const ofAddress = this.#rings.get(address);
    if (ofAddress?.delete(kind) === true) this.#ringCount--;
    if (ofAddress?.size === 0) this.#rings.delete(address);
  }
}

function kindOf({ category, type, level }: LogEntry): number {
  return CATEGORIES[category] * 100 + TYPES[type] * 10 + (level === 'success' ? 0 : 1);
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
