import { GemelError } from '@gemel/model/errors';
import { namespaceOf, parsePolicyId, parseThingId } from '@gemel/model/ids';
import { isJsonArray, isJsonObject, member, parseFieldSelector } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { isSudo, requiredText } from '@gemel/model/operations';
import type { Piggyback } from '@gemel/model/operations';
import { PolicyNotAccessible, livePolicy } from '@gemel/model/policies';
import { parseFilter } from '@gemel/model/rql';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { StateStore, ThingSearch } from '../ports/index.js';
import { project } from '../things/index.js';
import { PiggybackUnsupported } from './errors.js';

export interface SudoParts {
  readonly states: StateStore;
  readonly index: Pick<ThingSearch, 'count' | 'find'>;
}

type Handler = (parts: SudoParts, piggyback: Piggyback) => Promise<JsonObject>;

/** Ditto's name of the service that carries a command out, and how. */
interface Command {
  readonly service: string;
  readonly carryOut: Handler;
}

/**
 * Commands that operators send past all policies ("piggyback"). Answers are Ditto's internal JSON, refusals its error JSON
 * in the place of the answer.
 */
export class SudoCommands {
  constructor(private readonly parts: SudoParts) {}

  /** The services that know the command; none for an unknown one. */
  servicesFor({ type }: Piggyback): readonly string[] {
    const command = COMMANDS.get(type);
    return command === undefined ? [] : [command.service];
  }

  /** What the service answers to the command. @throws PiggybackUnsupported it is none of this service's */
  async execute(service: string, piggyback: Piggyback): Promise<JsonObject> {
    const command = COMMANDS.get(piggyback.type);
    if (command?.service !== service) throw new PiggybackUnsupported(piggyback.type);
    try {
      return await command.carryOut(this.parts, piggyback);
    } catch (error) {
      if (error instanceof GemelError) return { ...error.toJson() };
      throw error;
    }
  }
}

const retrieveThing: Handler = async ({ states }, { command, headers }) => {
  const thingId = parseThingId(requiredText(command, 'thingId'));
  const state = isSudo(headers) ? await states.thing(thingId) : undefined;
  const thing = state === undefined ? undefined : liveThing(state);
  if (state === undefined || thing === undefined) throw new ThingNotAccessible(thingId);
  const fields = member(command, 'selectedFields');
  const selected = typeof fields === 'string' ? project(thing, state, parseFieldSelector(fields)) : thing;
  return { type: 'things.responses:retrieveThing', status: 200, thingId, thing: selected };
};

const sudoRetrieveThing: Handler = async ({ states }, { command }) => {
  const thingId = parseThingId(requiredText(payloadOf(command), 'thingId'));
  const state = await states.thing(thingId);
  const thing = state === undefined ? undefined : liveThing(state);
  if (thing === undefined) throw new ThingNotAccessible(thingId);
  return { type: 'things.sudo.responses:sudoRetrieveThingResponse', status: 200, payload: { thing } };
};

const retrievePolicy: Handler = async ({ states }, { command, headers }) => {
  const policyId = parsePolicyId(requiredText(command, 'policyId'));
  const state = isSudo(headers) ? await states.policy(policyId) : undefined;
  const policy = state === undefined ? undefined : livePolicy(state);
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  return { type: 'policies.responses:retrievePolicy', status: 200, policyId, policy };
};

const sudoRetrievePolicy: Handler = async ({ states }, { command }) => {
  const policyId = parsePolicyId(requiredText(payloadOf(command), 'policyId'));
  const state = await states.policy(policyId);
  const policy = state === undefined ? undefined : livePolicy(state);
  if (policy === undefined) throw new PolicyNotAccessible(policyId);
  return { type: 'policies.sudo.responses:sudoRetrievePolicy', status: 200, payload: { policyId, policy } };
};

const sudoRetrievePolicyRevision: Handler = async ({ states }, { command }) => {
  const policyId = parsePolicyId(requiredText(payloadOf(command), 'policyId'));
  const state = await states.policy(policyId);
  if (state === undefined || state.deleted) throw new PolicyNotAccessible(policyId);
  const payload = { policyId, revision: state.revision };
  return { type: 'policies.sudo.responses:sudoRetrievePolicyRevision', status: 200, payload };
};

const sudoCountThings: Handler = async ({ index }, { command }) => {
  const filter = member(command, 'filter');
  const namespaces = member(command, 'namespaces');
  const count = await index.count({
    view: liveThing,
    ...(typeof filter === 'string' ? { criteria: parseFilter(filter) } : {}),
    ...(isJsonArray(namespaces ?? null) ? { namespaces: [namespaces].flat().map(String) } : {}),
  });
  return { type: 'thing-search.sudo.responses:sudoCountThings', status: 200, count };
};

const sudoRetrieveNamespaceReport: Handler = async ({ index }) => {
  const counts = new Map<string, number>();
  const found = await index.find({ view: liveThing, sort: [], limit: Number.MAX_SAFE_INTEGER });
  for (const { thing } of found) {
    const namespace = namespaceOf(thing.thingId);
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  const namespaces = [...counts].map(([namespace, count]) => ({ namespace, count }));
  return { type: 'thing-search.sudo.responses:sudoRetrieveNamespaceReport', status: 200, payload: { namespaces } };
};

/** The index is never behind the log: what Ditto does by this command is done already. */
const sudoUpdateThing: Handler = async ({ states }, { command }) => {
  const thingId = parseThingId(requiredText(command, 'thingId'));
  if ((await states.thing(thingId)) === undefined) throw new ThingNotAccessible(thingId);
  return { type: 'thing-search.sudo.responses:sudoUpdateThing', status: 200, thingId };
};

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({
    things: {
      'things.commands:retrieveThing': retrieveThing,
      'things.sudo.commands:sudoRetrieveThing': sudoRetrieveThing,
    },
    policies: {
      'policies.commands:retrievePolicy': retrievePolicy,
      'policies.sudo.commands:sudoRetrievePolicy': sudoRetrievePolicy,
      'policies.sudo.commands:sudoRetrievePolicyRevision': sudoRetrievePolicyRevision,
    },
    search: {
      'thing-search.sudo.commands:sudoCountThings': sudoCountThings,
      'thing-search.sudo.commands:sudoRetrieveNamespaceReport': sudoRetrieveNamespaceReport,
      'thing-search.sudo.commands:sudoUpdateThing': sudoUpdateThing,
    },
  }).flatMap(([service, handlers]) =>
    Object.entries(handlers).map(([type, carryOut]): [string, Command] => [type, { service, carryOut }]),
  ),
);

/** Ditto nests some commands' members under `payload`. */
function payloadOf(command: JsonObject): JsonObject {
  const payload = member(command, 'payload');
  return payload !== undefined && isJsonObject(payload) ? payload : command;
}
