import type { ThingId } from '@gemel/model/ids';
import { formatPointer, isJsonObject, selectFields, valueAt } from '@gemel/model/json';
import type { FieldSelector, JsonObject, JsonPointer } from '@gemel/model/json';
import {
  ThingNotAccessible,
  liveThing,
  metadataAt,
  pickMetadata,
  thingResourceAt,
  thingResources,
  visibleMetadata,
} from '@gemel/model/things';
import type { RetrieveThing, Thing, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import { entityTag } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { refuseSeveralMetadataHeaders } from './metadata-of-change.js';
import { asksForPolicy, projectWithPolicy } from './projection.js';
import type { ThingPreconditions } from './thing-preconditions.js';
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

    refuseSeveralMetadataHeaders('reads', context);
    this.#check(state, command, view, context);
    const value = path.length === 0 ? view : valueAt(view, path);
    if (value === undefined) throw new thingResources[thingResourceAt(path)].notFound(thingId, formatPointer(path));

    const { revision } = state;
    const etag = entityTag(state.thing, revision, path);
    const headers = metadataHeader(state, path, view, context);
    const reply = { outcome: 'retrieved', thingId, path, revision, etag, ...(headers && { headers }) } as const;
    if (path.length > 0) {
      return { ...reply, value: fields !== undefined && isJsonObject(value) ? selectFields(value, fields) : value };
    }
    if (fields !== undefined) {
      return { ...reply, value: await this.#project(view, state, fields, context) };
    }
    return { ...reply, value, json: this.#serialised(view) };
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
      if (state !== undefined && view !== undefined) {
        found.push(await this.#project(view, state, fields, context));
      }
    }
    return found;
  }

  #project(view: Thing, state: ThingState, fields: FieldSelector | undefined, context: SignalContext) {
    return projectWithPolicy(view, state, fields, { enforcers: this.enforcers, subjects: context.subjects });
  }

  /** A part that is missing has no entity tag to hold, the condition is about the thing. */
  #check(state: ThingState, { path, fields }: RetrieveThing, view: Thing, context: SignalContext): void {
    const held = asksForPolicy(fields) ? { ...context, preconditions: undefined } : context;
    this.preconditions.check('retrieve', state, path, () => view, held);
  }

  /** What the caller may read of a thing; undefined when it is deleted or nothing is readable. */
  async #view(state: ThingState, context: SignalContext): Promise<Thing | undefined> {
    const thing = liveThing(state);
    if (thing === undefined) return undefined;
    const enforcer = await this.enforcers.enforcer(thing.policyId, context.subjects, thing.thingId);
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

/** The metadata that is asked for, relative to the resource. @throws HeaderInvalid for a wrong wildcard */
function metadataHeader(
  { metadata, thing }: ThingState,
  path: JsonPointer,
  view: Thing,
  context: SignalContext,
): Readonly<Record<string, string>> | undefined {
  const keys = context.metadata?.get ?? [];
  if (keys.length === 0) return undefined;
  const visible = metadata === undefined ? undefined : visibleMetadata(metadata, thing, view);
  const picked = pickMetadata(metadataAt(visible, path), keys, { path, content: view });
  return { 'ditto-metadata': headerJson(picked) };
}

/** JSON text that a header can hold: all characters beyond ASCII escaped. */
function headerJson(value: JsonObject): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
