import type { ThingId } from '@gemel/model/ids';
import { asciiJson, isJsonObject, selectFields } from '@gemel/model/json';
import type { FieldSelector, JsonObject, JsonPointer, JsonValue } from '@gemel/model/json';
import {
  ThingHistoryNotAccessible,
  ThingNotAccessible,
  liveThing,
  metadataAt,
  pickMetadata,
  visibleMetadata,
} from '@gemel/model/things';
import type { Enforcer } from '@gemel/model/policies';
import type { RetrieveThing, Thing, ThingState } from '@gemel/model/things';
import { historicalHeaders } from '../past/index.js';
import type { PastStates } from '../past/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { StateStore } from '../ports/index.js';
import { entityTag } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { refuseSeveralMetadataHeaders } from './metadata-of-change.js';
import { asksForPolicy, projectWithPolicy } from './projection.js';
import { readablePart } from './readable-part.js';
import { conditionsOf } from './thing-conditions.js';
import type { ThingPreconditions } from './thing-preconditions.js';
import type { ThingReply } from './thing-reply.js';

export interface ThingReaderParts {
  readonly states: StateStore;
  readonly enforcers: PolicyEnforcers;
  readonly preconditions: ThingPreconditions;
  readonly past: PastStates;
  /** Names of the headers that are told of what led to a past state. */
  readonly historicalHeaders: readonly string[];
}

/** What somebody may read of a thing, now or in the past. */
interface Readable {
  readonly state: ThingState;
  readonly view: Thing;
  readonly enforcer: Enforcer;
  /** Of the response. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers retrieves with what the caller may read. */
export class ThingReader {
  readonly #json = new WeakMap<Thing, string>();
  /** Of each thing the view that was asked for last. */
  readonly #views = new WeakMap<Thing, { readonly enforcer: Enforcer; readonly view: Thing | undefined }>();

  constructor(private readonly parts: ThingReaderParts) {}

  /**
   * @throws ThingNotAccessible when it is not there or nothing of it is readable, ThingHistoryNotAccessible when it was not
   *   at the moment that is asked for; a part's own 404 below
   */
  async retrieve(command: RetrieveThing, context: SignalContext): Promise<ThingReply> {
    const { thingId, path, fields } = command;
    const readable = await this.#read(thingId, context);
    const { state, view, enforcer, headers: ofPast } = readable;
    refuseSeveralMetadataHeaders('reads', context);
    this.#check(readable, command, context);
    const value = readablePart({ thing: state.thing, view, enforcer }, path);
    const ofMetadata = metadataHeader(state, path, view, context);
    // One literal for every reply: to spread another one into it takes longer than all the rest.
    return {
      outcome: 'retrieved',
      thingId,
      path,
      revision: state.revision,
      etag: entityTag(state.thing, state.revision, path),
      headers: ofPast === undefined ? ofMetadata : { ...ofPast, ...ofMetadata },
      value: fields === undefined ? value : await this.#selected(value, readable, { path, fields }, context),
      json: path.length === 0 && fields === undefined ? this.#serialised(view) : undefined,
    };
  }

  /** The readable ones of the things: in the order in which they are named first, as often as they are named (as in Ditto). */
  async retrieveMany(
    ids: readonly ThingId[],
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<readonly JsonObject[]> {
    const found: JsonObject[] = [];
    for (const id of new Set(ids)) {
      const thing = await this.#readOne(id, fields, context);
      if (thing !== undefined) for (const named of ids) if (named === id) found.push(thing);
    }
    return found;
  }

  /** Whoever asks for several is told nothing about those that are not there, or not for them. */
  async #readOne(
    id: ThingId,
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<JsonObject | undefined> {
    try {
      const { state, view } = await this.#read(id, context);
      return await this.#project(view, state, fields, context);
    } catch (error) {
      if (error instanceof ThingNotAccessible || error instanceof ThingHistoryNotAccessible) return undefined;
      throw error;
    }
  }

  async #selected(
    value: JsonValue,
    { state, view }: Readable,
    { path, fields }: { readonly path: JsonPointer; readonly fields: FieldSelector },
    context: SignalContext,
  ): Promise<JsonValue> {
    if (path.length === 0) return this.#project(view, state, fields, context);
    return isJsonObject(value) ? selectFields(value, fields) : value;
  }

  #project(view: Thing, state: ThingState, fields: FieldSelector | undefined, context: SignalContext) {
    return projectWithPolicy(view, state, fields, { enforcers: this.parts.enforcers, subjects: context.subjects });
  }

  /** A part that is missing has no entity tag to hold, the condition is about the thing. */
  #check({ state, view, enforcer }: Readable, { path, fields }: RetrieveThing, context: SignalContext): void {
    const { condition } = context;
    const conditions = condition === undefined ? undefined : conditionsOf({ condition }, enforcer);
    const held = asksForPolicy(fields) ? { ...context, preconditions: undefined } : context;
    this.parts.preconditions.checkTags('retrieve', state, path, held);
    if (conditions !== undefined) this.parts.preconditions.checkCondition(conditions, state, () => view);
  }

  /** What was in the past is read under today's policy, and only while the thing is there (as in Ditto). */
  async #read(thingId: ThingId, { past, subjects, rights }: SignalContext): Promise<Readable> {
    const { states, enforcers, historicalHeaders: names } = this.parts;
    const state = await states.thing(thingId);
    const thing = liveThing(state);
    const enforcer =
      thing === undefined ? undefined : await enforcers.enforcer(thing.policyId, subjects, thingId, rights);
    const view = thing === undefined || enforcer === undefined ? undefined : this.#view(thing, enforcer);
    if (state === undefined || enforcer === undefined || view === undefined) throw new ThingNotAccessible(thingId);
    if (past === undefined) return { state, view, enforcer };
    const found = await this.parts.past.thing(thingId, past, state.revision);
    const then = liveThing(found?.state);
    const seen = then === undefined ? undefined : enforcer.view(then);
    if (found === undefined || seen === undefined) throw new ThingHistoryNotAccessible(thingId, past);
    return { state: found.state, view: seen, enforcer, headers: historicalHeaders(found.headers, names) };
  }

  /** Made once for as long as neither the thing changes nor its policy, for readers with the same rights one after the other. */
  #view(thing: Thing, enforcer: Enforcer): Thing | undefined {
    const known = this.#views.get(thing);
    if (known?.enforcer === enforcer) return known.view;
    const view = enforcer.view(thing);
    if (view !== thing) this.#views.set(thing, { enforcer, view });
    return view;
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
  return { 'ditto-metadata': asciiJson(picked) };
}
