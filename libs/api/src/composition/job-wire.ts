import { importJobJson } from '@gemel/application/jobs';
import type { ImportJob } from '@gemel/application/jobs';
import type { JsonObject } from '@gemel/model/json';
import { jsonReply } from '../http/index.js';
import type { ApiRequest, Parameter, Reply } from '../http/index.js';

export const JOB: JsonObject = {
  type: 'object',
  properties: {
    jobId: { type: 'string' },
    kind: { type: 'string', enum: ['import', 'migration', 'undo'] },
    state: {
      type: 'string',
      enum: ['receiving', 'waiting', 'running', 'cancelling', 'done', 'cancelled', 'failed'],
    },
    mode: { type: 'string' },
    dryRun: { type: 'boolean' },
    lines: { type: 'integer' },
    nextLine: { type: 'integer' },
    progress: { type: 'number' },
    created: { type: 'integer' },
    changed: { type: 'integer' },
    unchanged: { type: 'integer' },
    failed: { type: 'integer' },
    errors: { type: 'integer' },
  },
};

/** Says that more lines will come in another request. */
export const MORE: Parameter = {
  name: 'more',
  in: 'query',
  description: '`true` when more lines will follow by POST /api/2/jobs/{jobId}/lines.',
  schema: { type: 'boolean' },
};

export const JOB_WANTED: Parameter = {
  name: 'job',
  in: 'query',
  description: '`true` answers 202 with a job, which goes on by itself; `Location` leads to it.',
  schema: { type: 'boolean' },
};

/** A job that has begun. */
export function jobReply(request: ApiRequest, job: ImportJob): Reply {
  return jsonReply(202, importJobJson(job), { headers: { location: jobUrl(request, job.id) } });
}

export function jobUrl({ origin }: ApiRequest, id: string): string {
  return `${origin}/api/2/jobs/${id}`;
}
