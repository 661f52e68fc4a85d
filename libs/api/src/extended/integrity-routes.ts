import type { BrokenThing, IntegrityService, RepairReport } from '@gemel/application/composition';
import type { SignalContext } from '@gemel/application/signals';
import { FAULT_KINDS } from '@gemel/model/composition';
import type { JsonObject } from '@gemel/model/json';
import { defineRoute, jsonReply } from '../http/index.js';
import type { Parameter, Route } from '../http/index.js';
import { contextOf } from './wire.js';

const tag = 'Integrity';
const TEXT: JsonObject = { type: 'string' };
const FAULT: JsonObject = {
  type: 'object',
  required: ['problem'],
  properties: { problem: { enum: FAULT_KINDS }, parentId: TEXT, path: listOf(TEXT) },
};
const BROKEN = objectOf({
  thingId: TEXT,
  kind: { enum: ['type', 'twin'] },
  faults: listOf(FAULT),
  from: { description: '`_parents` as it is.' },
  to: { description: '`_parents` after a repair; null for none.' },
});
const CHECKED: JsonObject = { type: 'integer', description: 'Things with parents that you may read.' };
const REFUSED = objectOf({ thingId: TEXT, status: { type: 'integer' }, error: TEXT, message: TEXT });

const DRY_RUN: Parameter = {
  name: 'dryRun',
  in: 'query',
  description: '`true` changes nothing: `repaired` then has what would be.',
  schema: { type: 'boolean', default: false },
};

/** `/api/2/integrity`: what direct writes to the things have broken in the composition, and its repair. */
export function integrityRoutes(integrity: IntegrityService): readonly Route[] {
  return [reportRoute(integrity), repairRoute(integrity)];
}

function reportRoute(integrity: IntegrityService): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/2/integrity',
    summary: 'What is wrong in the composition',
    description:
      'Writes of `_parents` and `_isType` through the things API may leave parents that are missing, of the other kind or ' +
      'above themselves. Each thing is named with its faults and with what a repair would make of its parents.',
    tag,
    responses: {
      200: {
        description: 'The things with faults, types first, by id.',
        schema: objectOf({ checked: CHECKED, things: listOf(BROKEN) }),
      },
    },
    handler: async (request) => {
      const { checked, things } = await integrity.report(contextOf(request));
      return jsonReply(200, { checked, things: things.map(shown) });
    },
  });
}

function repairRoute(integrity: IntegrityService): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/integrity/repair',
    summary: 'Repair the composition',
    description: 'Each thing in a commit of its own. Things that you may not write are left, and named.',
    tag,
    parameters: [DRY_RUN],
    responses: {
      200: {
        description: 'What was repaired, and what was not.',
        schema: objectOf({
          checked: CHECKED,
          dryRun: { type: 'boolean' },
          repaired: listOf(BROKEN),
          refused: listOf(REFUSED),
        }),
      },
    },
    handler: async (request) => {
      const context = contextOf(request);
      const dryRun = request.queryFlag('dryRun') ?? false;
      const { checked, repaired, refused } = dryRun ? await tried(integrity, context) : await integrity.repair(context);
      return jsonReply(200, {
        checked,
        dryRun,
        repaired: repaired.map(shown),
        refused: refused.map(({ thingId, error }) => ({ thingId, ...error.toJson() })),
      });
    },
  });
}

async function tried(integrity: IntegrityService, context: SignalContext): Promise<RepairReport> {
  const { checked, things } = await integrity.report(context);
  return { checked, repaired: things, refused: [] };
}

function shown({ thingId, kind, faults, from, to }: BrokenThing): JsonObject {
  return { thingId, kind, faults: faults.map((fault) => ({ ...fault })), from, to };
}

function objectOf(properties: Readonly<Record<string, JsonObject>>): JsonObject {
  return { type: 'object', required: Object.keys(properties), properties };
}

function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}
