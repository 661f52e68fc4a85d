import { headerText } from '@gemel/model/headers';
import { jsonEquals, parseJson, valueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { compileEnforcer, livePolicy, parseSubjectId } from '@gemel/model/policies';
import { parseStoredThing } from '@gemel/model/things';
import type { SharedStore } from './shared-store.js';
import type { Truth } from './truth.js';
import type { VirtualWorld } from './virtual-world.js';

/** Every thing of the simulation has this policy. */
export const POLICY = 'sim:policy';
/** What `guest` may read at some times only. */
export const SECRET = 'attributes/secret';

/** Since when somebody waits for an answer, and what was acknowledged by then. */
export interface Asked {
  readonly at: number;
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Revision of the policy. */
  readonly policy: number;
}

/** Holds answers to what callers were promised: acknowledged is kept, read is not stale, unreadable stays inside. */
export class AnswerInvariants {
  readonly #acknowledged = new Map<string, number>();

  #policy = 0;

  constructor(
    private readonly world: VirtualWorld,
    private readonly store: SharedStore,
    private readonly truth: Truth,
  ) {}

  /** Now. */
  asked(): Asked {
    return { at: this.world.now, acknowledged: new Map(this.#acknowledged), policy: this.#policy };
  }

  /** The event of a request is in the log at the latest when its answer leaves. */
  acknowledged(thingId: string, revision: number, correlationId: string): void {
    const event = this.store.history('thing', thingId)[revision - 1]?.event;
    if (event === undefined || headerText(event.headers, 'correlation-id') !== correlationId) {
      this.world.violate('acknowledged-is-kept', `${correlationId} is not ${thingId}#${revision} in the log`);
    }
    this.#acknowledged.set(thingId, Math.max(revision, this.#acknowledged.get(thingId) ?? 0));
  }

  policyAcknowledged(revision: number): void {
    this.#policy = Math.max(revision, this.#policy);
  }

  /** What a change was decided on was not behind a policy whose change had been answered before. */
  decided(thingId: string, revision: number, { policy }: Asked): void {
    const premise = this.store.changeOf(thingId, revision)?.premise;
    if (premise === undefined || premise.revision >= policy) return;
    const least = `#${policy} was acknowledged`;
    this.world.violate(
      'last-policy-counts',
      `${thingId}#${revision} was decided on #${premise.revision} after ${least}`,
    );
  }

  messageConfirmed(thingId: string, correlationId: string, sentAt: number): void {
    const isThere = this.store
      .history('thing', thingId)
      .some(({ event }) => headerText(event.headers, 'correlation-id') === correlationId);
    if (isThere || this.truth.mayBeAbsent(thingId, sentAt, this.world.now)) return;
    this.world.violate('acknowledged-is-kept', `${correlationId} of ${thingId} was confirmed and is not in the log`);
  }

  found(thingId: string, revision: number, { acknowledged }: Asked): void {
    const least = acknowledged.get(thingId) ?? 0;
    if (revision >= least) return;
    this.world.violate('read-your-writes', `${thingId}#${revision} was read after #${least} was acknowledged`);
  }

  notFound(thingId: string, { at }: Asked): void {
    if (this.truth.mayBeAbsent(thingId, at, this.world.now)) return;
    this.world.violate('read-your-writes', `${thingId} was not found`);
  }

  /** What is read at a revision is what the log leads to at it. */
  readAt(thingId: string, revision: number, thing: JsonValue | undefined): void {
    const state = this.truth.thingAt(thingId, revision);
    if (state !== undefined && thing !== undefined && jsonEquals(thing, parseJson(JSON.stringify(state.thing)))) return;
    this.world.violate(
      'reads-follow-the-log',
      `${thingId}#${revision} was read as ${JSON.stringify(thing)}, not ${JSON.stringify(state?.thing)}`,
    );
  }

  /** Everything of it was readable under one of the policies in force between the question and the answer. */
  shown(thing: JsonObject, subject: string, from: number): void {
    const versions = this.truth.policies(POLICY, from, this.world.now);
    const isReadable = versions.some((state) => {
      const policy = livePolicy(state);
      if (policy === undefined) return false;
      const view = compileEnforcer(policy, [parseSubjectId(subject)], 0).view(parseStoredThing(thing));
      return view !== undefined && jsonEquals(view, thing);
    });
    if (!isReadable) this.world.violate('unreadable-stays-inside', `${subject} was shown ${JSON.stringify(thing)}`);
  }

  /** A search by the secret finds only those that show it. */
  matchedBySecret(thing: JsonObject): void {
    const value: JsonValue | undefined = valueAt(thing, SECRET.split('/'));
    if (value !== undefined) return;
    this.world.violate('unreadable-stays-inside', `a search matched by a hidden field: ${JSON.stringify(thing)}`);
  }
}
