import type { ExportScope, ExportStream, Transfer } from '@gemel/application/transfer';
import { MAX_THINGS } from '@gemel/application/composition';
import type { ImportJobs, Jobs } from '@gemel/application/jobs';
import { CompositionQueryInvalid } from '@gemel/model/composition';
import { GemelError } from '@gemel/model/errors';
import { parseThingId } from '@gemel/model/ids';
import { IMPORT_MODES } from '@gemel/model/jobs';
import type { ImportMode } from '@gemel/model/jobs';
import { JsonUnparsable, parseJson } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { parseTransfer, parseTransferLines, transferJson } from '@gemel/model/types';
import type { TransferItem } from '@gemel/model/types';
import { LINES_TYPE, awaitRead, defineRoute, jsonReply, linesReply } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { TIMEOUT, schemaRef } from '../openapi/index.js';
import { DRY_RUN, PLANNED, planReply } from './change-wire.js';
import { jobRoutes } from './job-routes.js';
import { JOB, JOB_WANTED, MORE, jobReply, jobUrl } from './job-wire.js';
import { ADDRESSED, TOO_LARGE, callerOf, flagIn } from './wire.js';

const tag = 'Composition: import and export';

export interface TransferServices {
  readonly transfer: Transfer;
  readonly exports: ExportStream;
  readonly jobs: Pick<Jobs, 'imports' | 'migrations'>;
}

/** `/api/2/export`, `/api/2/import`, and the jobs that imports become. */
export function transferRoutes(services: TransferServices): readonly Route[] {
  return [exportRoute(services), importRoute(services), ...jobRoutes(services.jobs)];
}

function exportRoute({ transfer, exports }: TransferServices): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/2/export',
    summary: 'Export types, their versions and twins',
    description: `What you may read. As JSON ${String(MAX_THINGS)} things at most, types first, parents before children; as lines any number, twins by their IDs.`,
    tag,
    parameters: [
      { name: 'root', in: 'query', description: 'A type or twin, with all below it.' },
      {
        name: 'kind',
        in: 'query',
        description: '`types`, `twins` or `all`, which is the default; with `root` the kind that it must be of.',
      },
      {
        name: 'format',
        in: 'query',
        description: '`json`, which is the default, or `ndjson`: one item on each line.',
      },
      {
        name: 'policies',
        in: 'query',
        description: '`true` brings the policies of the things along, as far as you may read them.',
        schema: { type: 'boolean' },
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
        const scope = scopeOf(request);
        const withPolicies = flagIn(request, 'policies');
        if (format === 'ndjson') return linesReply(jsonOf(exports.portions(scope, withPolicies, callerOf(request))));
        const items = await transfer.export(scope, callerOf(request));
        const policies = withPolicies ? await exports.policiesOf(items, callerOf(request)) : [];
        return jsonReply(200, { items: [...policies, ...items].map(transferJson) });
      }),
  });
}

async function* jsonOf(portions: AsyncIterable<readonly TransferItem[]>): AsyncGenerator<readonly JsonObject[]> {
  for await (const portion of portions) yield portion.map(transferJson);
}

function importRoute({ transfer, jobs }: TransferServices): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/import',
    summary: 'Import what an export gave: in one commit, or as a job',
    description:
      'In any order. What stands against it is told of all items, and nothing is changed. With `job=true` any number of lines is taken as they come, and each is decided by itself.',
    tag,
    parameters: [
      {
        name: 'mode',
        in: 'query',
        description: 'Of things that are there: `create` refuses them, which is the default, `merge`, `replace`.',
      },
      DRY_RUN,
      JOB_WANTED,
      MORE,
    ],
    body: {
      description: 'The items.',
      mediaTypes: ['application/json', LINES_TYPE],
      schema: { type: 'object' },
      streams: (request) => request.query('job') === 'true',
    },
    responses: { ...PLANNED, 202: { description: 'The job.', schema: JOB } },
    handler: async (request) => {
      const mode: ImportMode = oneOf(request, 'mode', IMPORT_MODES);
      const dryRun = flagIn(request, 'dryRun');
      if (flagIn(request, 'job')) return startJob(request, jobs.imports, { mode, dryRun });
      const items = isLines(request) ? parseTransferLines(request.text(), MAX_THINGS) : itemsIn(request);
      return planReply(await transfer.import(items, { how: mode, dryRun }, callerOf(request)));
    },
  });
}

/** A byte order mark before the body, with which some programs begin a file, is left out; elsewhere it is no JSON, as in Ditto. */
function itemsIn(request: ApiRequest): readonly TransferItem[] {
  const text = request.text().replace(/^\uFEFF/, '');
  return parseTransfer(
    parseJson(text, () => new JsonUnparsable(text)),
    MAX_THINGS,
  );
}

/** What came in whole lines is kept when the upload breaks; the caller finds the job in the list. */
async function startJob(
  request: ApiRequest,
  imports: ImportJobs,
  asked: { readonly mode: ImportMode; readonly dryRun: boolean },
): Promise<Reply> {
  const isAll = !flagIn(request, 'more');
  const pieces = isLines(request) ? request.pieces() : linesOf(itemsIn(request));
  const caller = callerOf(request);
  const { id } = await imports.create(asked, caller);
  try {
    return jobReply(request, await imports.take(id, { from: 1, isAll }, pieces, caller));
  } catch (error) {
    if (error instanceof GemelError) error.headers = { ...error.headers, location: jobUrl(request, id) };
    throw error;
  }
}

async function* linesOf(items: readonly TransferItem[]): AsyncGenerator<string> {
  for (const item of items) yield `${JSON.stringify(transferJson(item))}\n`;
}

function isLines(request: ApiRequest): boolean {
  return request.header('content-type')?.startsWith(LINES_TYPE) === true;
}

function scopeOf(request: ApiRequest): ExportScope {
  const root = request.query('root');
  const asked = oneOf(request, 'kind', ['all', 'types', 'twins']);
  const kind = asked === 'all' ? undefined : asked === 'types' ? 'type' : 'twin';
  if (root !== undefined) return { root: parseThingId(root), kind };
  return { kinds: kind === undefined ? ['type', 'twin'] : [kind] };
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
