import { GemelError } from '@gemel/model/errors';
import type { JsonObject } from '@gemel/model/json';
import { devopsError, parsePiggyback, piggybackResponse } from '@gemel/model/operations';
import type { DevopsResponse, Piggyback } from '@gemel/model/operations';
import { jsonReply } from '../http/index.js';
import type { ApiRequest, Reply, RequestBody, Route } from '../http/index.js';
import { addressed } from './devops-answers.js';
import type { OwnServices } from './devops-answers.js';
import { ANY_BODY, TARGETS, targetOf } from './devops-routes.js';

/** Who carries out what operators send past all policies. */
export interface PiggybackCommands {
  /** What answers to a command that goes to no service in particular; undefined when it is none of those. */
  broadcast?(piggyback: Piggyback): Promise<readonly JsonObject[]> | undefined;
  /** Ditto's names of the services that know the command. */
  servicesFor(piggyback: Piggyback): readonly string[];
  /** @throws GemelError it is none of this service's */
  execute(service: string, piggyback: Piggyback): Promise<JsonObject>;
}

const BODY: RequestBody = {
  ...ANY_BODY,
  description: 'The command in the JSON that Ditto has inside, where it goes to, and its headers.',
  schema: {
    type: 'object',
    required: ['targetActorSelection', 'headers', 'piggybackCommand'],
    properties: {
      targetActorSelection: { type: 'string' },
      headers: {
        type: 'object',
        properties: { aggregate: { type: ['boolean', 'string'] }, 'ditto-sudo': { type: ['boolean', 'string'] } },
      },
      piggybackCommand: { type: 'object', properties: { type: { type: 'string' } } },
    },
  },
};

/** Ditto's `/devops/piggyback`, for the commands that make sense here, and OpenTwins' way to that of connectivity. */
export function piggybackRoutes(own: OwnServices, commands: PiggybackCommands): readonly Route[] {
  return [
    ...TARGETS.map((target) => piggybackRoute(`/devops/piggyback${target}`, targetOf, own, commands)),
    connectivityPiggybackRoute(own, commands),
  ];
}

/** OpenTwins' `POST /api/connections`. It lends its own rights to whoever calls it; here it takes an operator's. */
export function connectivityPiggybackRoute(own: OwnServices, commands: PiggybackCommands): Route {
  return piggybackRoute('/api/connections', () => ['connectivity'], own, commands);
}

function piggybackRoute(
  path: string,
  target: (request: ApiRequest) => readonly string[],
  own: OwnServices,
  commands: PiggybackCommands,
): Route {
  return {
    method: 'POST',
    path,
    summary: 'Send a command to the inside of a service',
    description: 'Which commands there are is on the page of operations.',
    tag: 'DevOps',
    access: 'operator',
    body: BODY,
    responses: {
      200: {
        description: 'By service and instance, or the response alone with `aggregate: false`.',
        schema: { type: 'object' },
      },
      408: { description: 'No such service, or no such instance of it, is in this process.', schema: { type: 'null' } },
    },
    handler: async (request) => {
      const piggyback = parsePiggyback(request.json());
      const broadcast = await commands.broadcast?.(piggyback);
      if (broadcast !== undefined)
        return reply(
          piggyback,
          broadcast.map((body) => ({ body })),
        );
      const named = target(request);
      const asked = addressed(named, own);
      const knowing = commands.servicesFor(piggyback).filter((service) => asked.includes(service));
      // Who names no service means those that know the command; when none does, one refusal is enough.
      const executing = named.length > 0 || knowing.length === 0 ? asked.slice(0, 1) : knowing;
      const responses = await Promise.all(
        executing.map((service) => responseOf(service, own.instance, () => commands.execute(service, piggyback))),
      );
      return reply(piggyback, responses);
    },
  };
}

/** 408 with null when nobody answered, as Ditto does after waiting. */
function reply(piggyback: Piggyback, responses: readonly DevopsResponse[]): Reply {
  return jsonReply(responses.length === 0 ? 408 : 200, piggybackResponse(piggyback, responses));
}

async function responseOf(
  service: string,
  instance: string,
  execute: () => Promise<JsonObject>,
): Promise<DevopsResponse> {
  try {
    return { service, instance, body: await execute() };
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    return { service, instance, body: devopsError(service, instance, error.toJson()) };
  }
}
