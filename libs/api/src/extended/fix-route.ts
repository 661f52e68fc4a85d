import type { BrokenThing, IntegrityService, RepairReport } from '@gemel/application/composition';
import type { Kind } from '@gemel/model/composition';
import type { JsonValue } from '@gemel/model/json';
import { defineRoute } from '../http/index.js';
import type { Reply, Route } from '../http/index.js';
import { refusal } from './refusal.js';
import { TEXT, contextOf, prettyReply } from './wire.js';

const KINDS = { types: 'type', twins: 'twin' } as const satisfies Record<string, Kind>;

/** `PUT /api/{types,twins}/fix`: repairs all of a kind that the caller may write. */
export function fixRoute(base: keyof typeof KINDS, integrity: IntegrityService): Route {
  return defineRoute({
    method: 'PUT',
    path: `/api/${base}/fix`,
    summary: `Take parents from ${base} that are missing, of the other kind, or above themselves`,
    description: 'What is wrong, and what a repair would do, is at `GET /api/2/integrity`.',
    tag: base === 'types' ? 'Types' : 'Twins',
    responses: {
      200: { description: 'A sentence for each thing that was changed; empty when none was.', schema: TEXT },
      403: {
        description: 'Things that you may not write were left as they are; the others were repaired.',
        schema: TEXT,
      },
    },
    handler: async (request) => fixReply(await integrity.repair(contextOf(request), [KINDS[base]])),
    refusal,
  });
}

/** The status of the failures when all have the same, else 500, as in OpenTwins. */
function fixReply({ repaired, refused }: RepairReport): Reply {
  const statuses = new Set(refused.map(({ error }) => error.status));
  const [status = 200] = statuses;
  const text = [...repaired.map(sentence), ...refused.map(({ error }) => `${error.message} `)].join('');
  return prettyReply(statuses.size > 1 ? 500 : status, text);
}

function sentence({ thingId, from, to }: BrokenThing): string {
  return `Thing with ID ${thingId} has modified its parents attribute from ${shown(from)} to ${shown(to)}. `;
}

function shown(parents: JsonValue): string {
  return typeof parents === 'string' ? parents : JSON.stringify(parents);
}
