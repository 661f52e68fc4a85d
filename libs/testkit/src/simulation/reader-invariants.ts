import type { RecordedEvent } from '@gemel/application/ports';
import { leavesOf } from '@gemel/model/history';
import type { MemoryHistory } from '../memory/index.js';
import { keyOf } from './shared-store.js';
import type { SharedStore } from './shared-store.js';
import type { VirtualWorld } from './virtual-world.js';

/** Holds readers to the log: in order, without a gap for a group, complete in the end. */
export class ReaderInvariants {
  readonly #groups = new Map<string, Map<string, number>>();

  constructor(
    private readonly world: VirtualWorld,
    private readonly store: SharedStore,
  ) {}

  /** A group is offered a batch; it may have seen some of it, and has seen all before it. */
  offered(group: string, events: readonly RecordedEvent[]): void {
    const seen = this.#seen(group);
    for (const { event } of events) {
      const key = keyOf(event);
      const last = seen.get(key) ?? 0;
      this.#checkLogged(group, key, event.revision, JSON.stringify(event));
      if (event.revision > last + 1) {
        this.world.violate('readers-see-all-in-order', `${group} got ${key}#${event.revision} after #${last}`);
      }
      seen.set(key, Math.max(last, event.revision));
    }
  }

  /** A stream shows an event: later ones of the thing only from here on. */
  streamed(stream: string, thingId: string, revision: number): void {
    const seen = this.#seen(stream);
    const key = `thing ${thingId}`;
    this.#checkLogged(stream, key, revision);
    const last = seen.get(key) ?? 0;
    if (revision <= last) {
      this.world.violate('readers-see-all-in-order', `${stream} got ${key}#${revision} after #${last}`);
    }
    seen.set(key, revision);
  }

  groupIsComplete(group: string): void {
    const seen = this.#seen(group);
    const last = new Map(this.store.read(0, Infinity).map(({ event }) => [keyOf(event), event.revision]));
    for (const [key, revision] of last) {
      const reached = seen.get(key) ?? 0;
      if (reached < revision)
        this.world.violate('readers-end-complete', `${group} ended at ${key}#${reached} of ${revision}`);
    }
  }

  /** The history holds each leaf of each event once, and nothing else. */
  async historyIsComplete(history: MemoryHistory): Promise<void> {
    const expected = new Map<string, unknown>();
    for (const { event } of this.store.read(0, Infinity)) {
      if (event.entity !== 'thing') continue;
      for (const leaf of leavesOf(event)) expected.set(`${event.id}${leaf.path} at ${leaf.time}`, leaf.value);
    }
    const found = new Set<string>();
    for (const series of await history.series({})) {
      const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
      for (const { time, value } of await history.samples([series], range)) {
        const name = `${series.key.thingId}${series.key.path} at ${time}`;
        if (found.has(name)) {
          this.world.violate(
            'history-is-exact',
            `${name} is there twice, once with tags ${JSON.stringify(series.key.tags)}`,
          );
        }
        found.add(name);
        if (expected.get(name) !== value) this.world.violate('history-is-exact', `${name} is ${value}, invented`);
      }
    }
    for (const name of expected.keys()) {
      if (!found.has(name)) this.world.violate('history-is-exact', `${name} is missing`);
    }
  }

  #seen(reader: string): Map<string, number> {
    const known = this.#groups.get(reader);
    if (known !== undefined) return known;
    const seen = new Map<string, number>();
    this.#groups.set(reader, seen);
    return seen;
  }

  #checkLogged(reader: string, key: string, revision: number, text?: string): void {
    const [entity = '', id = ''] = key.split(' ');
    const logged = this.store.history(entity === 'thing' ? 'thing' : 'policy', id)[revision - 1]?.event;
    if (logged !== undefined && (text === undefined || text === JSON.stringify(logged))) return;
    this.world.violate('only-committed-events', `${reader} got ${key}#${revision}, which is not in the log so`);
  }
}
