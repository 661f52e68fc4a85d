import type { CreationRules } from '@gemel/model/creation';
import { GemelError } from '@gemel/model/errors';
import { policyIdOf } from '@gemel/model/ids';
import type { PolicyId, ThingId } from '@gemel/model/ids';
import { isJsonObject } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { PolicyRights } from '@gemel/model/policies';
import {
  ThingNotAccessible,
  ThingPolicyMissing,
  ThingPolicyNotAllowed,
  ThingTooManyModifyingRequests,
  decide,
  evolve,
  liveThing,
  prepare,
} from '@gemel/model/things';
import type { ModifyingThingCommand, PreparedCommand, Thing, ThingDecision, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { Clock, EventLog, StateStore } from '../ports/index.js';
import { Turns, entityTag, untilFirst } from '../signals/index.js';
import type { TwinConformance } from '../types/index.js';
import type { SignalContext } from '../signals/index.js';
import { authorize } from './authorize.js';
import { Draft } from './draft.js';
import type { Memory } from './draft.js';
import { InFlight } from './in-flight.js';
import { newThing } from './new-thing.js';
import type { PolicyOfNewThing } from './policy-of-new-thing.js';
import { Recollection } from './recollection.js';
import type { Structure } from './structure.js';
import { refuseSeveralMetadataHeaders } from './metadata-of-change.js';
import { conditionsOf } from './thing-conditions.js';
import { eventOf } from './thing-event.js';
import type { ThingPreconditions } from './thing-preconditions.js';
import type { ThingReply } from './thing-reply.js';
import type { ThingSizeLimit } from './thing-size.js';
import { withoutPlaceholders } from './without-placeholders.js';

export interface ThingWriterParts {
  readonly log: EventLog;
  readonly states: StateStore;
  /** Asked before the store, where that saves a question. */
  readonly memory?: Memory | undefined;
  readonly enforcers: PolicyEnforcers;
  readonly policies: PolicyOfNewThing;
  readonly preconditions: ThingPreconditions;
  readonly size: ThingSizeLimit;
  readonly clock: Clock;
  /** Most commands that wait for their turn on one thing. */
  readonly maxWaiting: number;
  readonly creation: CreationRules;
  readonly structure?: Structure | undefined;
  /** Holds twins to their types; nobody does when absent. */
  readonly conformance?: Pick<TwinConformance, 'check'> | undefined;
}

/** Why a command would be refused. */
export interface Refusal {
  /** Of the command, from 0. */
  readonly index: number;
  readonly thingId: ThingId;
  readonly error: GemelError;
}

/** What commands do, which is handed over to the log. */
interface Decided {
  readonly replies: readonly ThingReply[];
  readonly committed: Promise<void>;
}

/**
 * Decides commands and appends what they do. Commands on one thing take effect in the order they came, and those
 * that come while an append is under way are decided on its outcome and share the next one.
 */
export class ThingWriter {
  readonly #turns = new Turns();
  readonly #inFlight: InFlight;
  readonly #recollection: Recollection;

  constructor(private readonly parts: ThingWriterParts) {
    this.#inFlight = new InFlight(parts.log);
    this.#recollection = new Recollection(parts.memory);
  }

  /** As `write`, for a single command. @throws ThingTooManyModifyingRequests when too many wait for their turn */
  async writeOne(command: ModifyingThingCommand, context: SignalContext): Promise<ThingReply> {
    const { thingId } = command;
    if (context.isPatient !== true && this.#turns.waiting(thingId) >= this.parts.maxWaiting)
      throw new ThingTooManyModifyingRequests(thingId);
    const [reply] = await this.#commit([this.#prepared(command, context)], [thingId], context);
    if (reply === undefined) throw new Error('a command was left without a reply');
    return reply;
  }

  /**
   * Applies all commands in one commit, each seeing the effect of those before it, or none of them.
   * @throws GemelError of the first command that is refused; GuardConflict
   */
  async write(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly ThingReply[]> {
    const prepared = commands.map((command) => this.#prepared(command, context));
    return this.#commit(prepared, idsOf(commands), context);
  }

  #commit(
    commands: readonly PreparedCommand[],
    ids: readonly ThingId[],
    context: SignalContext,
  ): Promise<readonly ThingReply[]> {
    // As many wait for a commit at a time as there are senders: each `async` on the way would be kept for each of them.
    let isAgain = false;
    const change = () => this.#turns.run(ids, () => this.#decideAll(commands, context, isAgain)).then(onceCommitted);
    return untilFirst(change, () => {
      isAgain = true;
      this.#recollection.failed(ids);
    });
  }

  /**
   * What stands against each of the commands, which see the effect of those before them that nothing stands against.
   * Changes nothing.
   */
  async rehearse(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly Refusal[]> {
    const draft = new Draft();
    await draft.load(idsOf(commands), this.parts.states);
    const refusals: Refusal[] = [];
    for (const [index, command] of commands.entries()) {
      try {
        await this.#decideOne(this.#prepared(command, context), context, draft);
      } catch (error) {
        if (!(error instanceof GemelError)) throw error;
        refusals.push({ index, thingId: command.thingId, error });
      }
    }
    const [first] = commands;
    const tooLarge = this.parts.log.tooLarge?.(draft.changes);
    if (tooLarge !== undefined && first !== undefined)
      refusals.push({ index: 0, thingId: first.thingId, error: tooLarge });
    return refusals;
  }

  #prepared(command: ModifyingThingCommand, { subjects }: SignalContext): PreparedCommand {
    return prepare(withoutPlaceholders(command, { subjectId: subjects[0], now: this.parts.clock.now() }));
  }

  /**
   * Decides and hands over to the log; the promise of the commit is in the result so that a turn need not wait for it.
   * @param isAgain what memory has was wrong, of a thing or a policy
   */
  async #decideAll(commands: readonly PreparedCommand[], context: SignalContext, isAgain: boolean): Promise<Decided> {
    const memory = this.#recollection.forDecision(commands);
    const draft = new Draft(isAgain ? undefined : memory);
    try {
      return await this.#decideOn(draft, commands, context);
    } catch (error) {
      if (!draft.recalls) throw error;
      // A refusal counts only on the last state; a change does so anyway, as the append tells whether it was the last.
      return this.#decideOn(new Draft(), commands, context);
    }
  }

  async #decideOn(draft: Draft, commands: readonly PreparedCommand[], context: SignalContext): Promise<Decided> {
    const replies: ThingReply[] = [];
    if (commands.length > 1) await draft.load(idsOf(commands), this.parts.states);
    for (const command of commands) replies.push(await this.#decideOne(command, context, draft));
    await this.parts.structure?.check(draft.transitions(), context);
    return { replies, committed: this.#inFlight.append(draft, context.guard) };
  }

  async #decideOne(command: PreparedCommand, context: SignalContext, draft: Draft): Promise<ThingReply> {
    const { thingId } = command;
    const state =
      draft.state(thingId) ?? this.#expected(thingId, draft) ?? (await draft.stored(thingId, this.parts.states));
    const path = command.kind === 'create' ? [] : command.path;
    const exists = liveThing(state) !== undefined;
    const reply =
      !exists && path.length === 0 && command.kind !== 'delete'
        ? await this.#create(command, state, context, draft)
        : await this.#change(command, path, state, context, draft);
    const checked = this.#conforms(thingId, liveThing(state), draft);
    const warning = checked === undefined ? undefined : await checked;
    return warning === undefined ? reply : { ...reply, headers: { ...reply.headers, warning } };
  }

  /** The type may be changed by the same commit. */
  #conforms(thingId: ThingId, before: Thing | undefined, draft: Draft): Promise<string | undefined> | undefined {
    const after = liveThing(draft.state(thingId));
    if (after === undefined) return undefined;
    return this.parts.conformance?.check(before, after, async (id) =>
      liveThing(await draft.other(id, this.parts.states)),
    );
  }

  /** The state that an append under way leads to; the draft then depends on that. */
  #expected(thingId: ThingId, draft: Draft): ThingState | undefined {
    const expected = this.#inFlight.thing(thingId);
    if (expected !== undefined) draft.buildOn(expected.append);
    return expected?.state;
  }

  async #create(
    command: Exclude<PreparedCommand, { kind: 'delete' }>,
    state: ThingState | undefined,
    context: SignalContext,
    draft: Draft,
  ): Promise<ThingReply> {
    const decision = decide(command, state, policyIdOf(command.thingId));
    this.parts.creation.check(newThing(command.thingId, decision, context));
    refuseSeveralMetadataHeaders('writes', context);
    this.parts.preconditions.checkAbsent(context);
    const policy = await this.parts.policies.resolve(command, context, (id) => this.#rights(id, context, draft));
    if (policy.created !== undefined) draft.addPolicy(policy.created.change, policy.created.rights);
    const content = isJsonObject(decision.value) ? decision.value : {};
    const value = { ...content, policyId: policy.policyId };
    return this.#record(command, { ...decision, value }, state, context, draft);
  }

  async #change(
    command: PreparedCommand,
    path: JsonPointer,
    state: ThingState | undefined,
    context: SignalContext,
    draft: Draft,
  ): Promise<ThingReply> {
    const thing = liveThing(state);
    if (thing === undefined || state === undefined) throw new ThingNotAccessible(command.thingId);
    const rights =
      this.#recalledRights(thing.policyId, context, draft) ?? (await this.#rights(thing.policyId, context, draft));
    const enforcer = rights?.on(thing.thingId);
    if (enforcer === undefined) throw new ThingPolicyMissing(command.thingId, thing.policyId);
    const conditions = conditionsOf(context, enforcer);
    authorize(command, path, enforcer);
    refuseSeveralMetadataHeaders('writes', context);

    const { preconditions } = this.parts;
    preconditions.checkTags(command.kind === 'delete' ? 'delete' : 'modify', state, path, context);
    const unequal = preconditions.unlessEqual(command, state, thing, context);
    const wanted =
      conditions === undefined
        ? unequal
        : preconditions.checkConditions(conditions, unequal, state, () => enforcer.view(thing));

    if (command.extras?.policy !== undefined || command.extras?.copyPolicyFrom !== undefined)
      throw new ThingPolicyNotAllowed(command.thingId);
    const decision = decide(wanted, state, thing.policyId);
    const reply = this.#record(command, decision, state, context, draft);
    const after = draft.state(command.thingId)?.thing.policyId;
    if (after !== undefined && after !== thing.policyId)
      this.parts.policies.requireExisting(command.thingId, after, await this.#rights(after, context, draft));
    return reply;
  }

  #record(
    command: PreparedCommand,
    decision: ThingDecision,
    state: ThingState | undefined,
    context: SignalContext,
    draft: Draft,
  ): ThingReply {
    const { action, path, value, created } = decision;
    const { thingId } = command;
    const event = eventOf(command, decision, state, { context, now: this.parts.clock.now() });
    const after = evolve(state, event);
    this.parts.size.check(liveThing(state), after.thing, path, value);
    if (event.metadata !== undefined) this.parts.size.checkMetadata(after);
    draft.add({ entity: 'thing', event, state: after }, state);
    const isNew = created && value !== undefined;
    const changed = action === 'deleted' ? 'deleted' : 'modified';
    return {
      outcome: isNew ? 'created' : changed,
      ...(isNew ? { value } : undefined),
      thingId,
      path,
      revision: event.revision,
      // Most devices want no answer, and the tag takes a look at all that is at the path.
      get etag() {
        return entityTag(liveThing(after), after.revision, path);
      },
    };
  }

  /** Of memory: the append tells whether they still were right. */
  #recalledRights(policyId: PolicyId, { subjects, rights }: SignalContext, draft: Draft): PolicyRights | undefined {
    if (rights !== undefined || this.#inFlight.policy(policyId) !== undefined) return undefined;
    const state = draft.recallPolicy(policyId);
    return state && this.parts.enforcers.standingAlone(state, subjects);
  }

  /** A policy that is being created with its thing is waited for. */
  async #rights(
    policyId: PolicyId,
    { subjects, rights }: SignalContext,
    draft: Draft,
  ): Promise<PolicyRights | undefined> {
    return draft.rights(policyId, async () => {
      const pending = this.#inFlight.policy(policyId);
      if (pending !== undefined) await pending.catch(() => undefined);
      return this.parts.enforcers.rights(policyId, subjects, rights);
    });
  }
}

function onceCommitted({ replies, committed }: Decided): Promise<readonly ThingReply[]> {
  return committed.then(() => replies);
}

function idsOf(commands: readonly { readonly thingId: ThingId }[]): readonly ThingId[] {
  return [...new Set(commands.map(({ thingId }) => thingId))];
}
