import { headerText } from '@gemel/model/headers';
import { parsePolicyId, parseThingId, policyIdOf } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { JsonInvalid, jsonSize, withoutMember } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { isSudo, requiredObject, requiredText } from '@gemel/model/operations';
import type { Piggyback } from '@gemel/model/operations';
import { PolicyNotModifiable, livePolicy, parseSubjectId } from '@gemel/model/policies';
import type { ModifyingPolicyCommand } from '@gemel/model/policies';
import { ThingNotCreatable, ThingNotModifiable, ThingTooLarge, decide, evolve, prepare } from '@gemel/model/things';
import type { ModifyingThingCommand, ThingState } from '@gemel/model/things';
import { PolicyChanges } from '../policies/index.js';
import type { Clock, EventLog, IdSource, StateStore } from '../ports/index.js';
import { untilFirst } from '../signals/index.js';
import type { SignalContext } from '../signals/index.js';
import { PiggybackUnsupported } from './errors.js';

/** Who has done it, in events. */
const OPERATOR = parseSubjectId('gemel:operator');
/** As Ditto; what the settings allow users counts for users. */
const MAX_THING_BYTES = 102_400;

export interface SudoChangesParts {
  readonly states: StateStore;
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

type CarryOut = (piggyback: Piggyback) => Promise<JsonObject>;

/** Creates, replaces and deletes things and policies for operators, whoever may write them (Ditto, "DevOps commands"). */
export class SudoChanges {
  readonly #commands: ReadonlyMap<string, readonly [service: string, carryOut: CarryOut]>;
  readonly #policies: PolicyChanges;

  constructor(private readonly parts: SudoChangesParts) {
    this.#policies = new PolicyChanges(parts.clock);
    this.#commands = new Map([
      ['things.commands:createThing', ['things', (piggyback) => this.#putThing('create', piggyback)]],
      ['things.commands:modifyThing', ['things', (piggyback) => this.#putThing('modify', piggyback)]],
      ['things.commands:deleteThing', ['things', (piggyback) => this.#deleteThing(piggyback)]],
      ['policies.commands:createPolicy', ['policies', (piggyback) => this.#putPolicy('create', piggyback)]],
      ['policies.commands:modifyPolicy', ['policies', (piggyback) => this.#putPolicy('modify', piggyback)]],
      ['policies.commands:deletePolicy', ['policies', (piggyback) => this.#deletePolicy(piggyback)]],
    ]);
  }

  servicesFor({ type }: Piggyback): readonly string[] {
    const [service] = this.#commands.get(type) ?? [];
    return service === undefined ? [] : [service];
  }

  /** @throws PiggybackUnsupported it is none of this service's @throws GemelError with Ditto's code */
  execute(service: string, piggyback: Piggyback): Promise<JsonObject> {
    const [owner, carryOut] = this.#commands.get(piggyback.type) ?? [];
    if (carryOut === undefined || owner !== service) return Promise.reject(new PiggybackUnsupported(piggyback.type));
    return carryOut(piggyback);
  }

  async #putThing(kind: 'create' | 'modify', piggyback: Piggyback): Promise<JsonObject> {
    const value = requiredObject(piggyback.command, 'thing');
    const thingId = parseThingId(requiredText(kind === 'create' ? value : piggyback.command, 'thingId'));
    const command =
      kind === 'create'
        ? ({ kind, thingId, value: withoutMember(value, 'thingId') } as const)
        : ({ kind, thingId, path: [], value } as const);
    const { created, state } = await this.#changeThing(command, piggyback);
    return answer('things', `${kind}Thing`, { thingId }, created ? { thing: { ...state.thing } } : undefined);
  }

  async #deleteThing(piggyback: Piggyback): Promise<JsonObject> {
    const thingId = parseThingId(requiredText(piggyback.command, 'thingId'));
    await this.#changeThing({ kind: 'delete', thingId, path: [] }, piggyback);
    return answer('things', 'deleteThing', { thingId });
  }

  async #changeThing(command: ModifyingThingCommand, { headers }: Piggyback) {
    const { thingId } = command;
    if (!isSudo(headers)) throw new ThingNotModifiable(thingId);
    const prepared = prepare(command);
    const { policy, copyPolicyFrom } = prepared.extras ?? {};
    if (policy !== undefined || copyPolicyFrom !== undefined)
      throw new JsonInvalid('an operator names a policy that there is, as policyId');
    const { clock } = this.parts;
    return untilFirst(async () => {
      const before = await this.parts.states.thing(thingId);
      const { created, ...content } = decide(prepared, before, policyIdOf(thingId));
      const revision = (before?.revision ?? 0) + 1;
      const about = { entity: 'thing', id: thingId, revision, timestamp: clock.now() } as const;
      const event = { ...about, ...content, headers: this.#context(headers).headers };
      const state = evolve(before, event);
      await this.#checkThing(thingId, state, created);
      await this.parts.log.append([{ entity: 'thing', event, state }]);
      return { created, state };
    });
  }

  /** No policy is made for an operator: nobody could say whom it is to let in. */
  async #checkThing(thingId: ThingId, { thing }: ThingState, created: boolean): Promise<void> {
    const size = jsonSize(thing);
    if (size > MAX_THING_BYTES) throw new ThingTooLarge(thingId, size, MAX_THING_BYTES);
    if (created && livePolicy(await this.parts.states.policy(thing.policyId)) === undefined)
      throw new ThingNotCreatable(thingId, thing.policyId, 'missing');
  }

  async #putPolicy(kind: 'create' | 'modify', piggyback: Piggyback): Promise<JsonObject> {
    const value = requiredObject(piggyback.command, 'policy');
    const policyId = parsePolicyId(requiredText(kind === 'create' ? value : piggyback.command, 'policyId'));
    const command =
      kind === 'create'
        ? ({ kind, policyId, value: withoutMember(value, 'policyId') } as const)
        : ({ kind, policyId, path: [], value } as const);
    const created = await this.#changePolicy(command, piggyback);
    const policy = created ? livePolicy(await this.parts.states.policy(policyId)) : undefined;
    return answer('policies', `${kind}Policy`, { policyId }, policy === undefined ? undefined : { policy });
  }

  async #deletePolicy(piggyback: Piggyback): Promise<JsonObject> {
    const policyId = parsePolicyId(requiredText(piggyback.command, 'policyId'));
    await this.#changePolicy({ kind: 'delete', policyId, path: [] }, piggyback);
    return answer('policies', 'deletePolicy', { policyId });
  }

  async #changePolicy(command: ModifyingPolicyCommand, { headers }: Piggyback): Promise<boolean> {
    if (!isSudo(headers)) throw new PolicyNotModifiable(command.policyId);
    const context = this.#context(headers);
    const modification = this.#policies.read(command, context);
    return untilFirst(async () => {
      const before = await this.parts.states.policy(command.policyId);
      const { change, decision } = this.#policies.make(modification, before, context);
      if (change !== undefined) await this.parts.log.append([change]);
      return decision.created;
    });
  }

  #context(headers: JsonObject): SignalContext {
    const correlationId = headerText(headers, 'correlation-id') ?? this.parts.ids.uuid();
    return { subjects: [OPERATOR], headers: { 'correlation-id': correlationId, 'ditto-originator': OPERATOR } };
  }
}

/** @param made what came into being, if anything did */
function answer(area: string, name: string, id: JsonObject, made?: JsonObject): JsonObject {
  return { type: `${area}.responses:${name}`, status: made === undefined ? 204 : 201, ...id, ...made };
}
