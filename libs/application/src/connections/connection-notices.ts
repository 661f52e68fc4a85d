import { parseThingId } from '@gemel/model/ids';
import { formatEnvelope } from '@gemel/model/protocol';
import type { LiveBus } from '../ports/index.js';

type Notice = 'changed' | 'looked-at';

/** Under which name goes what may be about any connection. */
const ANY = 'any';
const TOPIC = /^_\/([^/]+)\/connections\/announcements\/([a-z-]+)$/;

/**
 * Has the processes that keep connections open look at once, and not only when they would anyway: at what is wanted of them,
 * and at how they are doing. At most once: who misses a notice looks a second later.
 */
export class ConnectionNotices {
  constructor(private readonly bus: LiveBus) {}

  /** Definitions or orders are others in the store. */
  changed(): void {
    this.#publish(ANY, 'changed');
  }

  onChange(listener: () => void): () => void {
    return this.#listen('changed', listener);
  }

  /** Somebody wants to know how a connection is doing. */
  lookedAt(connectionId: string): void {
    this.#publish(connectionId, 'looked-at');
  }

  onLook(listener: (connectionId: string) => void): () => void {
    return this.#listen('looked-at', listener);
  }

  #publish(name: string, announcement: Notice): void {
    const topic = { namespace: '_', name, group: 'connections', criterion: 'announcements', announcement } as const;
    const envelope = formatEnvelope({ topic, headers: {}, path: [], value: {} });
    // Frames are about things: this one keeps those of one connection in order.
    this.bus.publish({ entityId: parseThingId(`gemel:${name}`), envelope });
  }

  #listen(notice: Notice, listener: (name: string) => void): () => void {
    const listening = this.bus.listen(({ envelope: { topic } }) => {
      const [, name, announcement] = typeof topic === 'string' ? (TOPIC.exec(topic) ?? []) : [];
      if (name !== undefined && announcement === notice) listener(name);
    });
    return () => void listening.stop();
  }
}
