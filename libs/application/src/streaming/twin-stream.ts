import { namespaceOf } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { FieldSelector, JsonValue } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';
import type { EventFeed, Subscription } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { Audience } from './audience.js';
import type { AudienceParts, Listener } from './audience.js';
import type { TwinUpdate } from './twin-update.js';
import { TwinView } from './twin-view.js';
import type { TwinViewRequest } from './twin-view.js';

/** Which changes of things a subscriber wants, and what of them. */
export interface TwinSubscription extends TwinViewRequest {
  /** Exact ids; undefined means all. */
  readonly ids?: readonly ThingId[] | undefined;
  /** Exact namespaces; undefined means all. */
  readonly namespaces?: readonly string[] | undefined;
}

export interface TwinObserver {
  /** In commit order; must not throw nor block. */
  next(update: TwinUpdate): void;
  /** No more updates come: something went wrong or the streams are closed. */
  ended(): void;
}

export interface OpenTwinStream {
  /** Idempotent; nothing is delivered afterwards. */
  close(): void;
}

/** Tells subscribers what happens to the things that they may read, from the moment they subscribe. */
export class TwinStream {
  readonly #audiences = new Map<string, Audience>();
  #watching: Subscription | undefined;

  constructor(
    private readonly feed: Pick<EventFeed, 'watch'>,
    private readonly parts: AudienceParts,
  ) {}

  /** @throws RqlExpressionInvalid */
  open(
    subscription: TwinSubscription,
    { subjects }: Pick<SignalContext, 'subjects'>,
    observer: TwinObserver,
  ): OpenTwinStream {
    const key = audienceKey(subjects, subscription);
    const audience = this.#audiences.get(key) ?? new Audience(subjects, new TwinView(subscription), this.parts);
    const close = () => {
      audience.remove(listener);
      if (audience.isEmpty && this.#audiences.get(key) === audience) this.#audiences.delete(key);
    };
    const listener: Listener = {
      wants: interest(subscription),
      next: (update) => observer.next(update),
      fail: () => {
        close();
        observer.ended();
      },
    };
    audience.add(listener);
    this.#audiences.set(key, audience);
    this.#watching ??= this.feed.watch(({ event }) => {
      if (event.entity === 'thing') for (const each of this.#audiences.values()) each.offer(event);
    });
    return { close };
  }

  /** Ends all streams. */
  async close(): Promise<void> {
    for (const audience of [...this.#audiences.values()]) audience.fail();
    const watching = this.#watching;
    this.#watching = undefined;
    await watching?.stop();
  }
}

function interest({ ids, namespaces }: TwinSubscription): (event: ThingEvent) => boolean {
  const wantedIds = ids && new Set(ids);
  const wantedNamespaces = namespaces && new Set(namespaces);
  return ({ id }) =>
    (wantedIds === undefined || wantedIds.has(id)) &&
    (wantedNamespaces === undefined || wantedNamespaces.has(namespaceOf(id)));
}

/** The same for subscribers who see the same of every event. */
function audienceKey(subjects: readonly string[], { filter, fields, extraFields, pointer }: TwinViewRequest): string {
  return JSON.stringify([subjects, filter ?? null, selectorKey(fields), selectorKey(extraFields), pointer ?? null]);
}

function selectorKey(selector: FieldSelector | undefined): JsonValue {
  return selector === undefined
    ? null
    : [...selector.children].map(([key, child]): JsonValue => [key, selectorKey(child)]);
}
