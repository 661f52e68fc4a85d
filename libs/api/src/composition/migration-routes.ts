import { MAX_THINGS } from '@gemel/application/composition';
import type { Composition } from '@gemel/application/composition';
import type { Jobs, MigrationJobs } from '@gemel/application/jobs';
import type { Dependents, MigrationRequest, TypeServices } from '@gemel/application/type-versions';
import { CompositionBodyInvalid, CompositionQueryInvalid } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { MigrationRequestInvalid, NO_MAPPING, parseMigrationMapping, parseVersion } from '@gemel/model/types';
import { awaitRead, defineRoute, jsonReply } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { TIMEOUT, schemaRef } from '../openapi/index.js';
import { DRY_RUN, PLANNED, jsonBody, planReply } from './change-wire.js';
import { JOB, JOB_WANTED, jobReply } from './job-wire.js';
import { ADDRESSED, TAGS, TOO_LARGE, callerOf, flagIn, numberIn, thingIdIn } from './wire.js';

const REPORT = { type: 'object' } as const;

/** Twins that move with their type, and reports on those that break it. */
export function migrationRoutes(
  services: TypeServices,
  reads: Composition['reads'],
  jobs: Pick<Jobs, 'migrations'>,
): readonly Route[] {
  return [...movingRoutes(services, jobs), impactRoute(services), ...reportRoutes(services, reads)];
}

function movingRoutes({ migrations }: TypeServices, jobs: Pick<Jobs, 'migrations'>): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/2/types/:thingId/migrations',
      summary: 'Move the twins of a type to one of its versions',
      description:
        'All in one commit, or none; with `job=true` any number, each by itself, as a job. What a twin has as its type gave it follows the type, what was changed in it stays, what is new is added.',
      tag: TAGS.types,
      parameters: [DRY_RUN, JOB_WANTED],
      body: jsonBody('Where to, from which version (any when absent), and what is renamed, removed or set.', {
        to: { type: 'string' },
        from: { type: 'string' },
        mapping: { type: 'object' },
      }),
      responses: { ...PLANNED, 202: { description: 'The job.', schema: JOB } },
      handler: async (request) => {
        const body = request.json();
        const asked = parseRequest(body);
        if (flagIn(request, 'job')) return startJob(request, jobs.migrations, asked, mappingIn(body));
        const mode = { dryRun: flagIn(request, 'dryRun') };
        const { id, outcome } = await migrations.migrate(thingIdIn(request), asked, mode, callerOf(request));
        return planReply(outcome, id === undefined ? {} : { more: { migrationId: id } });
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/2/types/:thingId/migrations/:migrationId/undo',
      summary: 'Take a migration back',
      description: 'Values that were changed since stay as they are.',
      tag: TAGS.types,
      parameters: [DRY_RUN],
      responses: PLANNED,
      handler: async (request) => {
        const mode = { dryRun: flagIn(request, 'dryRun') };
        const id = request.param('migrationId');
        return planReply(await migrations.undo(parseThingId(request.param('thingId')), id, mode, callerOf(request)));
      },
    }),
  ];
}

function impactRoute({ migrations, impact }: TypeServices): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/2/types/:thingId/impact',
    summary: 'Show what hangs on a type, or what moving its twins to a version would change',
    description:
      'Without `version`: the twins, how many of them break the type, the types that take from it, and those linked to it. With `version` the plan of a migration without a mapping.',
    tag: TAGS.types,
    parameters: [
      { name: 'version', in: 'query', description: 'The version to move to.' },
      { name: 'from', in: 'query', description: 'Twins at this version only.' },
      {
        name: 'size',
        in: 'query',
        description: `Of a page; ${String(MAX_THINGS)} when absent.`,
        schema: { type: 'integer' },
      },
      { name: 'cursor', in: 'query', description: 'That of the page before.' },
    ],
    responses: PLANNED,
    handler: async (request) => {
      const [version, from] = [request.query('version'), request.query('from')];
      if (version === undefined) {
        if (from !== undefined) throw new CompositionQueryInvalid('from', from, 'a version beside `version`');
        return jsonReply(200, dependentsJson(await impact.of(thingIdIn(request), callerOf(request))));
      }
      const asked = {
        to: parseVersion(version),
        from: from === undefined ? undefined : parseVersion(from),
        mapping: NO_MAPPING,
      };
      const size = Math.max(1, numberIn(request, 'size', { max: MAX_THINGS, usual: MAX_THINGS }));
      const page = { size, after: request.query('cursor') ?? '' };
      const { outcome, twins, next } = await migrations.preview(thingIdIn(request), asked, page, callerOf(request));
      return planReply(outcome, { more: { twins, ...(next === undefined ? {} : { cursor: next }) } });
    },
  });
}

function dependentsJson({ byVersion, ...others }: Dependents): JsonObject {
  return {
    ...others,
    byVersion: byVersion.map(({ version, twins }) => ({ ...(version === undefined ? {} : { version }), twins })),
  };
}

function reportRoutes({ reports }: TypeServices, reads: Composition['reads']): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/2/types/:thingId/validate',
      summary: 'Check a twin, which need not be stored, against a type as it is now',
      tag: TAGS.types,
      body: { description: 'The twin.', mediaTypes: ['application/json'], schema: schemaRef('Thing') },
      responses: { 200: { description: 'Where it would break the type.', schema: REPORT }, ...ADDRESSED },
      handler: async (request) => {
        const twin = request.json();
        if (!isJsonObject(twin)) throw new CompositionBodyInvalid('', 'a Thing, as a JSON object');
        const violations = await reports.check(thingIdIn(request), twin, callerOf(request));
        return jsonReply(200, { valid: violations.length === 0, violations: violations.map((each) => ({ ...each })) });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/2/twins/:thingId/violations',
      summary: 'Report where a twin, or a whole tree, breaks its types',
      tag: TAGS.twins,
      parameters: [
        {
          name: 'tree',
          in: 'query',
          description: '`true` reports on all that is below as well.',
          schema: { type: 'boolean' },
        },
        TIMEOUT,
      ],
      responses: { 200: { description: 'Those that break it.', schema: REPORT }, ...ADDRESSED, ...TOO_LARGE },
      handler: (request) =>
        awaitRead(request, async () => {
          const [id, caller] = [thingIdIn(request), callerOf(request)];
          const depth = flagIn(request, 'tree') ? Infinity : 0;
          const twins = await reads.twins.listTree(id, depth, caller);
          const found = await reports.of(twins);
          const items = found.map(({ violations, ...twin }) => ({
            ...twin,
            violations: violations.map((v) => ({ ...v })),
          }));
          return jsonReply(200, { checked: twins.length, items });
        }),
    }),
  ];
}

async function startJob(
  request: ApiRequest<'thingId'>,
  migrations: MigrationJobs,
  { to, from }: MigrationRequest,
  mapping: JsonObject,
): Promise<Reply> {
  const asked = { to, from, mapping, dryRun: flagIn(request, 'dryRun') };
  return jobReply(request, await migrations.migrate(thingIdIn(request), asked, callerOf(request)));
}

function mappingIn(body: JsonValue): JsonObject {
  const mapping = isJsonObject(body) ? member(body, 'mapping') : undefined;
  return isJsonObject(mapping) ? mapping : {};
}

function parseRequest(body: JsonValue): MigrationRequest {
  if (!isJsonObject(body)) throw new MigrationRequestInvalid('the body is no object');
  const stranger = Object.keys(body).find((key) => !['to', 'from', 'mapping'].includes(key));
  if (stranger !== undefined) throw new MigrationRequestInvalid(`'${stranger.slice(0, 100)}' is not known`);
  const [to, from, mapping] = ['to', 'from', 'mapping'].map((key) => member(body, key));
  if (typeof to !== 'string') throw new MigrationRequestInvalid('it does not say to which version');
  if (from !== undefined && typeof from !== 'string') throw new MigrationRequestInvalid('from must be a version');
  return {
    to: parseVersion(to),
    from: from === undefined ? undefined : parseVersion(from),
    mapping: mapping === undefined ? NO_MAPPING : parseMigrationMapping(mapping),
  };
}
