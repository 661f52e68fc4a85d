import type { PlanOutcome } from '@gemel/application/composition';
import { planJson } from '@gemel/model/composition';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { jsonReply } from '../http/index.js';
import type { ApiRequest, Parameter, Reply, RequestBody, ResponseDescription } from '../http/index.js';
import { schemaRef } from '../openapi/index.js';

export const DRY_RUN: Parameter = {
  name: 'dryRun',
  in: 'query',
  description: '`true` answers the plan, with all that stands against it, and changes nothing.',
  schema: { type: 'boolean' },
};

/** The plan, carried out or not. */
export function planReply(
  outcome: PlanOutcome,
  {
    status = 200,
    headers = {},
    more = {},
  }: { status?: number; headers?: Record<string, string>; more?: JsonObject } = {},
): Reply {
  return jsonReply(
    outcome.dryRun ? 200 : status,
    { dryRun: outcome.dryRun, ...planJson(outcome), ...more },
    { headers },
  );
}

/** The body as JSON; an empty object when there is none. @throws JsonInvalid */
export function bodyOrNothing(request: ApiRequest): JsonValue {
  return request.text() === '' ? {} : request.json();
}

export function jsonBody(description: string, properties: JsonObject, optional = false): RequestBody {
  const schema = { type: 'object', properties, additionalProperties: false };
  return { description, mediaTypes: ['application/json'], schema, optional };
}

const error = schemaRef('Error');
const planned = { type: 'array', items: { type: 'object' } };
const PLAN: JsonObject = {
  type: 'object',
  properties: {
    dryRun: { type: 'boolean' },
    created: planned,
    changed: planned,
    deleted: { type: 'array', items: { type: 'string' } },
    conflicts: planned,
  },
};

export const PLANNED: Readonly<Record<number, ResponseDescription>> = {
  200: { description: 'The plan: made, or carried out in one commit.', schema: PLAN },
  400: { description: 'The body is not valid.', schema: error },
  403: { description: 'You may not change all that takes part; nothing was changed.', schema: error },
  404: { description: 'It does not exist, you may not read it, or it is of the other kind.', schema: error },
  409: { description: 'IDs are in use, or it would be part of itself; nothing was changed.', schema: error },
  412: { description: 'An entity tag of If-Match or If-None-Match does not hold; nothing was changed.', schema: error },
  422: { description: 'It cannot be done as asked for; nothing was changed.', schema: error },
};
export const PLANNED_CREATION: Readonly<Record<number, ResponseDescription>> = {
  ...PLANNED,
  200: { description: 'The plan of a dry run.', schema: PLAN },
  201: { description: 'What was created, in one commit; Location is that of the root.', schema: PLAN },
};
