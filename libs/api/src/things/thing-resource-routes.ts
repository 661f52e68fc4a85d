import type { AckCollections } from '@gemel/application/acks';
import { HeaderNotSupported } from '@gemel/model/headers';
import type { ThingId } from '@gemel/model/ids';
import { JsonPointerInvalid, parsePointer } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';
import type { ThingCommand } from '@gemel/model/things';
import { ownUrl } from '../http/index.js';
import type { ApiRequest, Method, Route } from '../http/index.js';
import {
  ACKS,
  CHANGE_METADATA,
  CONDITION,
  FIELDS,
  GET_METADATA,
  IF_EQUAL,
  LOCKOUT,
  PAST,
  PATCH_CONDITIONS,
  PRECONDITIONS,
  REFUSALS,
  TIMEOUT,
  WRITE,
  schemaRef,
} from '../openapi/index.js';
import { thingAnswer } from './thing-answer.js';
import type { ThingCommands } from './thing-answer.js';
import { thingIdIn } from './thing-id-in.js';
import type { ThingStreams } from './thing-streams.js';

interface Resource {
  /** Below `/api/2/things/:thingId`. */
  readonly path: string;
  readonly name: string;
  readonly methods: readonly Method[];
  readonly schema?: JsonObject;
  /** Whether `fields` narrows a GET down; on the others it says nothing (as in Ditto). */
  readonly selectable?: boolean;
  /** Whether Ditto describes it as a Web of Things description, too. */
  readonly describable?: boolean;
}

const ALL = ['GET', 'PUT', 'PATCH', 'DELETE'] as const;
const TEXT = { type: 'string' };
const OBJECT = { type: ['object', 'null'] };

const RESOURCES: readonly Resource[] = [
  { path: '', name: 'a thing', methods: ALL, schema: schemaRef('Thing'), selectable: true, describable: true },
  { path: '/definition', name: 'the definition of a thing', methods: ALL, schema: TEXT },
  { path: '/policyId', name: 'the policy ID of a thing', methods: ['GET', 'PUT', 'PATCH'], schema: TEXT },
  { path: '/attributes', name: 'all attributes of a thing', methods: ALL, schema: OBJECT, selectable: true },
  { path: '/attributes/*', name: 'an attribute of a thing, or a part of one', methods: ALL },
  { path: '/features', name: 'all features of a thing', methods: ALL, schema: OBJECT, selectable: true },
  {
    path: '/features/:featureId',
    name: 'a feature',
    methods: ALL,
    schema: schemaRef('Feature'),
    selectable: true,
    describable: true,
  },
  {
    path: '/features/:featureId/definition',
    name: 'the definition of a feature',
    methods: ALL,
    schema: { type: 'array', items: TEXT },
  },
  ...['properties', 'desiredProperties'].flatMap((part) => [
    {
      path: `/features/:featureId/${part}`,
      name: `the ${part} of a feature`,
      methods: ALL,
      schema: OBJECT,
      selectable: true,
    },
    { path: `/features/:featureId/${part}/*`, name: `one of the ${part} of a feature, or a part of it`, methods: ALL },
  ]),
];

const VERBS = { GET: 'Retrieve', PUT: 'Create or replace', PATCH: 'Merge a patch into', DELETE: 'Delete' } as const;

export interface ThingResourceParts {
  readonly acks: AckCollections;
  readonly things: ThingCommands;
  readonly streams: ThingStreams;
  readonly defaultNamespace: string;
}

/** GET, PUT, PATCH and DELETE of a thing and all its resources, one route each. */
export function thingResourceRoutes(parts: ThingResourceParts): readonly Route[] {
  return RESOURCES.flatMap((resource) =>
    resource.methods.flatMap((method) => (method === 'POST' ? [] : [resourceRoute(method, resource, parts)])),
  );
}

function resourceRoute(method: keyof typeof VERBS, resource: Resource, parts: ThingResourceParts): Route {
  const pointerIn = pointerReader(resource.path);
  const common = {
    method,
    path: `/api/2/things/:thingId${resource.path}`,
    summary: `${VERBS[method]} ${resource.name}`,
    tag: 'Things',
  };
  if (method !== 'GET') return { ...common, ...writing(method, resource, pointerIn, parts) };
  return {
    ...common,
    parameters: [
      ...(resource.selectable === true ? [FIELDS] : []),
      CONDITION,
      TIMEOUT,
      ...PRECONDITIONS,
      GET_METADATA,
      ...PAST,
    ],
    responses: {
      200: { description: 'What you may read of it.', ...schemaOf(resource) },
      304: { description: 'It still has the entity tag.' },
      ...REFUSALS.read,
      ...REFUSALS.precondition,
    },
    handler: (request) => {
      const path = pointerIn(request);
      const fields = resource.selectable === true ? request.fields() : undefined;
      if (resource.describable === true) refuseDescription(request);
      const thingId = thingIdIn(request, parts.defaultNamespace);
      return thingAnswer(
        request,
        () => ({ kind: 'retrieve', thingId, path, fields }),
        parts,
        () => ownUrl(request),
      );
    },
    eventStream: (request) =>
      parts.streams.open(request, { ids: [thingIdIn(request, parts.defaultNamespace)], pointer: pointerIn(request) }),
  };
}

/** Better refused than answered with something else. @throws HeaderNotSupported */
function refuseDescription(request: ApiRequest): void {
  if (request.header('accept') === 'application/td+json') throw new HeaderNotSupported('accept');
}

function writing(
  method: 'PUT' | 'PATCH' | 'DELETE',
  resource: Resource,
  pointerIn: PointerReader,
  { things, acks, defaultNamespace }: ThingResourceParts,
): Pick<Route, 'parameters' | 'body' | 'responses' | 'handler'> {
  const whole = resource.path === '' && method !== 'DELETE';
  return {
    parameters: [
      CONDITION,
      ACKS,
      ...WRITE,
      ...PRECONDITIONS,
      ...(method === 'DELETE' ? [] : [IF_EQUAL]),
      ...(method === 'PATCH' ? [PATCH_CONDITIONS] : []),
      ...CHANGE_METADATA,
      ...(whole ? [LOCKOUT] : []),
    ],
    ...(method === 'DELETE' ? {} : { body: bodyOf(method, resource) }),
    responses: {
      ...(method === 'DELETE' ? {} : { 201: { description: 'Created.', ...schemaOf(resource) } }),
      200: { description: 'Several acknowledgements, all of them good, by label.' },
      204: { description: method === 'DELETE' ? 'Deleted.' : 'Changed.' },
      ...REFUSALS.acks,
      ...REFUSALS.write,
      ...REFUSALS.precondition,
      ...(method === 'DELETE' ? {} : REFUSALS.media),
    },
    handler: (request) => {
      const path = pointerIn(request);
      const thingId = thingIdIn(request, defaultNamespace);
      return thingAnswer(
        request,
        () => commandOf(method, thingId, path, request),
        { things, acks },
        () => ownUrl(request),
      );
    },
  };
}

function commandOf(
  method: 'PUT' | 'PATCH' | 'DELETE',
  thingId: ThingId,
  path: JsonPointer,
  request: ApiRequest,
): ThingCommand {
  switch (method) {
    case 'PUT':
      return { kind: 'modify', thingId, path, value: request.json() };
    case 'PATCH':
      return { kind: 'merge', thingId, path, value: request.json() };
    case 'DELETE':
      return { kind: 'delete', thingId, path };
  }
}

function bodyOf(method: 'PUT' | 'PATCH', resource: Resource): NonNullable<Route['body']> {
  return method === 'PUT'
    ? { description: 'The new value.', mediaTypes: ['application/json'], ...schemaOf(resource) }
    : { description: 'A JSON merge patch (RFC 7396).', mediaTypes: ['application/merge-patch+json'] };
}

function schemaOf({ schema }: Resource): { readonly schema: JsonObject } {
  return { schema: schema ?? {} };
}

type PointerReader = (request: ApiRequest) => JsonPointer;

/** Reads the pointer into the thing off a path of this form. */
function pointerReader(path: string): PointerReader {
  const segments = path.split('/').slice(1);
  const literal = segments.every((segment) => segment !== '*' && !segment.startsWith(':'));
  if (literal) return () => segments;
  return (request) => {
    const pointer: string[] = [];
    for (const segment of segments) {
      if (segment === '*') pointer.push(...restPointer(request.param('*')));
      else pointer.push(segment.startsWith(':') ? request.param(segment.slice(1)) : segment);
    }
    return pointer;
  };
}

function restPointer(rest: string): JsonPointer {
  if (rest === '') throw new JsonPointerInvalid('/', 'slashes');
  return parsePointer(`/${rest}`);
}
