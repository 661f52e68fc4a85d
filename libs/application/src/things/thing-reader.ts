import type { ThingId } from '@gemel/model/ids';
import { formatPointer, isJsonObject, selectFields, valueAt } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { ThingNotAccessible, liveThing, thingResourceAt, thingResources } from '@gemel/model/things';
import type { RetrieveThing, Thing, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import { entityTag } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import type { ThingPreconditions } from './thing-preconditions.js';
import { project } from './projection.js';
import type { ThingReply } from './thing-reply.js';

/** Answers retrieves with what the caller may read. */
export class ThingReader {
  readonly #json = new WeakMap<Thing, string>();

  constructor(
    private readonly states: StateStore,
    private readonly enforcers: PolicyEnforcers,
    private readonly preconditions: ThingPreconditions,
  ) {}

  /** @throws ThingNotAccessible when it is not there or nothing of it is readable; a part's own 404 below */
  async retrieve(command: RetrieveThing, context: SignalContext): Promise<ThingReply> {
    const { thingId, path, fields } = command;
    const state = await this.states.thing(thingId);
    const view = state === undefined ? undefined : await this.#view(state, context);
    if (state === undefined || view === undefined) throw new ThingNotAccessible(thingId);

    const value = path.length === 0 ? view : valueAt(view, path);
    if (value === undefined) throw new thingResources[thingResourceAt(path)].notFound(thingId, formatPointer(path));
    const etag = entityTag(state.thing, state.revision, path);
    this.preconditions.check('retrieve', state, path, () => view, context);

    const { revision } = state;
    if (path.length > 0) {
      const selected = fields !== undefined && isJsonObject(value) ? selectFields(value, fields) : value;
      return { outcome: 'retrieved', thingId, path, revision, etag, value: selected };
    }
    if (fields !== undefined) {
      return { outcome: 'retrieved', thingId, path, revision, etag, value: project(view, state, fields) };
    }
    return { outcome: 'retrieved', thingId, path, revision, etag, value, json: this.#serialised(view) };
  }

  /** The readable ones of the things, in the order asked; each id once. */
  async retrieveMany(
    ids: readonly ThingId[],
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = [];
    for (const id of new Set(ids)) {
      const state = await this.states.thing(id);
      const view = state === undefined ? undefined : await this.#view(state, context);
      if (state !== undefined && view !== undefined) found.push(project(view, state, fields));
    }
    return found;
  }

  /** What the caller may read of a thing; undefined when it is deleted or nothing is readable. */
  async #view(state: ThingState, context: SignalContext): Promise<Thing | undefined> {
    const thing = liveThing(state);
    if (thing === undefined) return undefined;
    const enforcer = await this.enforcers.enforcer(thing.policyId, context.subjects);
    return enforcer?.view(thing);
  }

  /** JSON text of a thing, made once for as long as the thing does not change. */
  #serialised(thing: Thing): string {
    const known = this.#json.get(thing);
    if (known !== undefined) return known;
    const json = JSON.stringify(thing);
    this.#json.set(thing, json);
    return json;
  }
}
