import { importJobJson } from '@gemel/application/jobs';
import type { ImportJobs, Jobs, MigrationJobs } from '@gemel/application/jobs';
import { CompositionQueryInvalid } from '@gemel/model/composition';
import { LINES_TYPE, defineRoute, jsonReply, linesReply } from '../http/index.js';
import type { ApiRequest, Route } from '../http/index.js';
import { schemaRef } from '../openapi/index.js';
import { DRY_RUN } from './change-wire.js';
import { JOB, MORE, jobReply } from './job-wire.js';
import { callerOf, flagIn, numberIn } from './wire.js';

const tag = 'Composition: import and export';
const PATH = '/api/2/jobs/:jobId';
const NOT_FOUND = { 404: { description: 'There is no such job, or it is not yours.', schema: schemaRef('Error') } };
const WRONG_STATE = { 409: { description: 'The job is in another state.', schema: schemaRef('Error') } };

/** `/api/2/jobs`: work that goes on after its request is answered. */
export function jobRoutes({ imports, migrations }: Pick<Jobs, 'imports' | 'migrations'>): readonly Route[] {
  return [
    ...readRoutes(imports),
    linesRoute(imports),
    cancelRoute(imports),
    undoRoute(migrations),
    deleteRoute(imports),
  ];
}

function readRoutes(imports: ImportJobs): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/2/jobs',
      summary: 'List your jobs, the newest first',
      tag,
      parameters: [
        {
          name: 'size',
          in: 'query',
          description: 'Of a page; 25 when absent, 200 at most.',
          schema: { type: 'integer' },
        },
        { name: 'cursor', in: 'query', description: 'That of the page before.' },
      ],
      responses: { 200: { description: 'One page.', schema: { type: 'object' } } },
      handler: async (request) => {
        const size = numberIn(request, 'size', { max: 200, usual: 25 });
        const page = await imports.list({ after: request.query('cursor'), size: Math.max(1, size) }, callerOf(request));
        const { next } = page;
        return jsonReply(200, {
          items: page.jobs.map(importJobJson),
          ...(next === undefined ? {} : { cursor: next }),
        });
      },
    }),
    defineRoute({
      method: 'GET',
      path: PATH,
      summary: 'Retrieve a job with its progress',
      tag,
      responses: { 200: { description: 'The job.', schema: JOB }, ...NOT_FOUND },
      handler: async (request) => jsonReply(200, importJobJson(await imports.get(idIn(request), callerOf(request)))),
    }),
    defineRoute({
      method: 'GET',
      path: `${PATH}/errors`,
      summary: 'Retrieve what could not be done, line by line',
      description: 'Each line has `line`, `status`, `error` and `message`, and what it is about.',
      tag,
      responses: { 200: { description: 'One error on each line.', mediaType: LINES_TYPE }, ...NOT_FOUND },
      handler: async (request) => linesReply(await imports.errors(idIn(request), callerOf(request))),
    }),
  ];
}

function linesRoute(imports: ImportJobs): Route {
  return defineRoute({
    method: 'POST',
    path: `${PATH}/lines`,
    summary: 'Go on with the upload of a job',
    description: 'From its `nextLine` on. Lines that were kept before a connection broke need not be sent again.',
    tag,
    parameters: [
      { name: 'from', in: 'query', description: 'The number of the first line, counted from 1.', required: true },
      MORE,
    ],
    body: { description: 'The lines.', mediaTypes: [LINES_TYPE], streams: () => true },
    responses: {
      202: { description: 'The job, which has all of its lines now unless there are more.', schema: JOB },
      400: { description: 'The upload broke; what came is kept.', schema: schemaRef('Error') },
      ...NOT_FOUND,
      409: { description: 'The job expects another line, or no more of them.', schema: schemaRef('Error') },
      413: { description: 'A line, or all of them together, is too long.', schema: schemaRef('Error') },
    },
    handler: async (request) => {
      const text = request.query('from') ?? '';
      if (!/^[1-9]\d{0,14}$/.test(text)) throw new CompositionQueryInvalid('from', text, 'the number of a line');
      const asked = { from: Number(text), isAll: !flagIn(request, 'more') };
      const job = await imports.take(idIn(request), asked, request.pieces(), callerOf(request));
      return jsonReply(202, importJobJson(job));
    },
  });
}

function cancelRoute(imports: ImportJobs): Route {
  return defineRoute({
    method: 'POST',
    path: `${PATH}/cancel`,
    summary: 'Cancel a job',
    description: 'What it has done stays. One that is at work ends after the lines that it is at.',
    tag,
    responses: { 200: { description: 'The job.', schema: JOB }, ...NOT_FOUND, ...WRONG_STATE },
    handler: async (request) => jsonReply(200, importJobJson(await imports.cancel(idIn(request), callerOf(request)))),
  });
}

function undoRoute(migrations: MigrationJobs): Route {
  return defineRoute({
    method: 'POST',
    path: `${PATH}/undo`,
    summary: 'Take back what a migration has changed, as another job',
    description: 'Values that were changed since stay as they are.',
    tag,
    parameters: [DRY_RUN],
    responses: { 202: { description: 'The job that does it.', schema: JOB }, ...NOT_FOUND, ...WRONG_STATE },
    handler: async (request) =>
      jobReply(request, await migrations.undo(idIn(request), flagIn(request, 'dryRun'), callerOf(request))),
  });
}

function deleteRoute(imports: ImportJobs): Route {
  return defineRoute({
    method: 'DELETE',
    path: PATH,
    summary: 'Forget a job that has ended, and its errors',
    tag,
    responses: { 204: { description: 'It is forgotten.' }, ...NOT_FOUND, ...WRONG_STATE },
    handler: async (request) => {
      await imports.remove(idIn(request), callerOf(request));
      return { status: 204 };
    },
  });
}

function idIn(request: ApiRequest<'jobId'>): string {
  return request.param('jobId');
}
