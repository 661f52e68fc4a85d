import type { SearchPage, SearchRequest } from '@gemel/application/search';
import type { AckCollections } from '@gemel/application/acks';
import type { SignalContext } from '@gemel/application/signals';
import type { IdSource } from '@gemel/application/ports';
import { defineError } from '@gemel/model/errors';
import { namespaceOf, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import { joinOptions } from '@gemel/model/rql';
import { ThingIdNotSettable, ValueTypeInvalid } from '@gemel/model/things';
import type { CreateThing } from '@gemel/model/things';
import { awaitRead, defineRoute, jsonReply, urlBelow } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import { ACKS, FIELDS, LOCKOUT, NAMESPACES, OPTION, REFUSALS, TIMEOUT, WRITE, schemaRef } from '../openapi/index.js';
import { searchScope } from '../search/index.js';
import { thingAnswer } from './thing-answer.js';
import type { ThingCommands } from './thing-answer.js';
import { thingIdOf } from './thing-id-in.js';
import type { ThingStreams } from './thing-streams.js';

export interface ManyThings {
  /** The readable ones, in the order asked. */
  retrieveMany(
    ids: readonly ThingId[],
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<readonly JsonObject[]>;
}

export interface ThingPages {
  search(request: SearchRequest, context: SignalContext): Promise<SearchPage>;
}

export interface ThingCollectionParts {
  readonly acks: AckCollections;
  readonly things: ThingCommands & ManyThings;
  readonly search: ThingPages;
  readonly streams: ThingStreams;
  readonly ids: IdSource;
  readonly defaultNamespace: string;
}

export const ThingIdsMissing = defineError('things:things.ids.missing', 400, () => ({
  message: 'The parameter ids names no Thing.',
  description: 'Name at least one ID, or leave ids out to get all Things that you may read.',
}));

export const LiveThingNotCreatable = defineError('things:thing.notcreatable', 405, () => ({
  message: 'Things are not created on the live channel.',
  description: "Leave the parameter 'channel' out, or set it to twin.",
}));

const tag = 'Things';

/** GET and POST of `/api/2/things`. */
export function thingCollectionRoutes(parts: ThingCollectionParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/2/things',
      summary: 'Retrieve the things named, or all that you may read, page by page',
      description:
        'With `Accept: text/event-stream` a stream of changes; it takes `ids`, `namespaces`, `filter`, `fields` and `extraFields`. `from-historical-revision` and `to-historical-revision`, or the same with `timestamp`, stream the past of the first of the `ids`.',
      tag,
      parameters: [
        {
          name: 'ids',
          in: 'query',
          description: 'Thing IDs, separated by commas. Those that you may not read are left out.',
        },
        FIELDS,
        { ...NAMESPACES, description: `${NAMESPACES.description} Without \`ids\` only.` },
        { ...OPTION, description: `${OPTION.description} Without \`ids\` only.` },
        TIMEOUT,
      ],
      responses: { 200: { description: 'The things.', schema: { type: 'array', items: schemaRef('Thing') } } },
      handler: (request) => awaitRead(request, () => retrieveThings(request, parts)),
      eventStream: (request) => parts.streams.open(request, { ids: idsIn(request, parts.defaultNamespace) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/2/things',
      summary: 'Create a thing with an ID of the server’s choice',
      tag,
      parameters: [
        { name: 'namespace', in: 'query', description: 'Namespace of the new ID; the default one when absent.' },
        ACKS,
        ...WRITE,
        LOCKOUT,
      ],
      body: { description: 'A thing without thingId.', mediaTypes: ['application/json'], schema: schemaRef('Thing') },
      responses: {
        201: { description: 'Created; Location says where.', schema: schemaRef('Thing') },
        200: { description: 'Several acknowledgements, all of them good, by label.' },
        ...REFUSALS.acks,
        ...REFUSALS.write,
        ...REFUSALS.media,
      },
      handler: (request) => createThing(request, parts),
    }),
  ];
}

function idsIn(request: ApiRequest, defaultNamespace: string): readonly ThingId[] | undefined {
  const ids = request.queryList('ids');
  if (ids?.length === 0) throw new ThingIdsMissing();
  return ids?.map((id) => thingIdOf(id, defaultNamespace));
}

async function retrieveThings(
  request: ApiRequest,
  { things, search, defaultNamespace }: ThingCollectionParts,
): Promise<Reply> {
  const context = request.context();
  const fields = request.fields();
  const ids = idsIn(request, defaultNamespace);
  for (const id of ids ?? []) request.requireNamespace(namespaceOf(id), 'thing');
  if (ids !== undefined) return jsonReply(200, await things.retrieveMany(ids, fields, context));

  const options = request.queryAll('option');
  const option = options.length === 0 ? undefined : joinOptions(options);
  const scope = searchScope(request, request.queryAll('namespaces'));
  const page = await search.search({ ...scope, option, fields }, context);
  return jsonReply(200, page.items, { headers: { link: links(request, option, page) } });
}

/** The page itself, and the next one if there is one (RFC 8288), relative as Ditto has them. */
function links(request: ApiRequest, option: string | undefined, { cursor }: SearchPage): string {
  const asked = request.queryText === '' ? '' : `?${request.queryText}`;
  const canonical = `<${request.path}${asked}>; rel="canonical"`;
  if (cursor === undefined) return canonical;
  const others = option?.replace(/,?\s*cursor\([^)]*\)/g, '').replace(/^,/, '') ?? '';
  const next = `${others === '' ? '' : `${others},`}cursor(${cursor})`;
  return `${canonical}, <${request.path}${withOption(request, next)}>; rel="next"`;
}

/** What the caller asked, with another option. */
function withOption(request: ApiRequest, option: string): string {
  const pairs = ['namespaces', 'fields'].flatMap((name) =>
    request.queryAll(name).map((value) => [name, value] as const),
  );
  const text = [...pairs, ['option', option] as const].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `?${text.join('&')}`;
}

function createThing(
  request: ApiRequest,
  { things, acks, ids, defaultNamespace }: ThingCollectionParts,
): Promise<Reply> {
  if (request.header('channel') === 'live') throw new LiveThingNotCreatable();
  const thingId = parseThingId(`${request.query('namespace') ?? defaultNamespace}:${ids.uuid()}`);
  request.requireNamespace(namespaceOf(thingId), 'thing');
  const command = (): CreateThing => ({ kind: 'create', thingId, value: newThingIn(request) });
  return thingAnswer(request, command, { things, acks }, () => urlBelow(request, thingId));
}

function newThingIn(request: ApiRequest): JsonObject {
  const value = request.json();
  if (!isJsonObject(value)) throw new ValueTypeInvalid('A Thing', 'a JSON object');
  if (member(value, 'thingId') !== undefined) throw new ThingIdNotSettable('generated');
  return value;
}
