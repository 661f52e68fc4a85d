import type { ExportScope, ImportMode, Transfer } from '@gemel/application/transfer';
import { MAX_THINGS } from '@gemel/application/composition';
import { CompositionQueryInvalid } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { parseTransfer, parseTransferLines, transferJson } from '@gemel/model/types';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Route } from '../http/index.js';
import { TIMEOUT, schemaRef } from '../openapi/index.js';
import { DRY_RUN, PLANNED, planReply } from './change-wire.js';
import { ADDRESSED, TOO_LARGE, callerOf, flagIn } from './wire.js';

const tag = 'Composition: import and export';
const LINES = 'application/x-ndjson';

/** `/api/2/export` and `/api/2/import` */
export function transferRoutes(transfer: Transfer): readonly Route[] {
  return [exportRoute(transfer), importRoute(transfer)];
}

function exportRoute(transfer: Transfer): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/2/export',
    summary: 'Export types, their versions and twins',
    description: `What you may read, ${String(MAX_THINGS)} things at most: types first, parents before children.`,
    tag,
    parameters: [
      { name: 'root', in: 'query', description: 'A type or twin, with all below it.' },
      { name: 'kind', in: 'query', description: '`types`, `twins` or `all`, which is the default.' },
      {
        name: 'format',
        in: 'query',
        description: '`json`, which is the default, or `ndjson`: one item on each line.',
      },
      TIMEOUT,
    ],
    responses: {
      200: { description: 'The items.', schema: { type: 'object' } },
      400: { description: 'A parameter is not valid.', schema: schemaRef('Error') },
      ...ADDRESSED,
      ...TOO_LARGE,
    },
    handler: (request) =>
      awaitRead(request, async () => {
        const format = oneOf(request, 'format', ['json', 'ndjson']);
        const items = (await transfer.export(scopeOf(request), callerOf(request))).map(transferJson);
        if (format === 'json') return jsonReply(200, { items });
        const body = items.map((item) => `${JSON.stringify(item)}\n`).join('');
        return { status: 200, headers: { 'content-type': LINES }, body };
      }),
  });
}

function importRoute(transfer: Transfer): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/import',
    summary: 'Import what an export gave, in one commit',
    description: 'In any order. What stands against it is told of all items, and nothing is changed.',
    tag,
    parameters: [
      {
        name: 'mode',
        in: 'query',
        description: 'Of things that are there: `create` refuses them, which is the default, `merge`, `replace`.',
      },
      DRY_RUN,
    ],
    body: { description: 'The items.', mediaTypes: ['application/json', LINES], schema: { type: 'object' } },
    responses: PLANNED,
    handler: async (request) => {
      const how: ImportMode = oneOf(request, 'mode', ['create', 'merge', 'replace']);
      const isLines = request.header('content-type')?.startsWith(LINES) === true;
      const items = isLines
        ? parseTransferLines(request.text(), MAX_THINGS)
        : parseTransfer(request.json(), MAX_THINGS);
      return planReply(await transfer.import(items, { how, dryRun: flagIn(request, 'dryRun') }, callerOf(request)));
    },
  });
}

function scopeOf(request: ApiRequest): ExportScope {
  const root = request.query('root');
  if (root !== undefined) return { root: parseThingId(root) };
  const kind = oneOf(request, 'kind', ['all', 'types', 'twins']);
  return { kinds: kind === 'all' ? ['type', 'twin'] : [kind === 'types' ? 'type' : 'twin'] };
}

/** The first one when it is absent. @throws CompositionQueryInvalid */
function oneOf<const Choice extends string>(
  request: ApiRequest,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = request.query(name);
  const found = text === undefined ? choices[0] : choices.find((choice) => choice === text);
  if (found === undefined) throw new CompositionQueryInvalid(name, text ?? '', choices.join(', '));
  return found;
}
