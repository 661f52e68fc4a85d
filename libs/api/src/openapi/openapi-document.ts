import type { JsonObject } from '@gemel/model/json';
import type { Parameter, RequestBody, ResponseDescription, Route } from '../http/index.js';
import { SCHEMAS, schemaRef } from './schemas.js';

/** Refusals that any route may give, any that asks who calls, any with a body of some types. */
const COMMON = {
  400: 'Something in the request is not valid.',
  414: 'The URL is too long.',
  431: 'The headers are too large, or too many.',
  500: 'A mistake of the server; the description holds an id for its log.',
};
const OF_CALLERS = { 401: 'No or wrong credentials.' };
const OF_BODIES = { 413: 'The body is too large.', 415: 'The content type is not supported.' };

/** Describes the routes as OpenAPI 3.1. */
export function openapiDocument(routes: readonly Route[], version: string): JsonObject {
  const paths = new Map<string, Record<string, JsonObject>>();
  for (const route of routes) {
    if (route.undocumented === true) continue;
    const path = templated(route.path);
    const operations = paths.get(path) ?? {};
    operations[route.method.toLowerCase()] = operation(route);
    paths.set(path, operations);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gemel',
      version,
      description: 'Digital twins over HTTP, as in Eclipse Ditto, and composition of twins, as in OpenTwins.',
    },
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'A user of the twins.' },
        status: { type: 'http', scheme: 'basic', description: 'Whoever may see the state of the service.' },
        operator: { type: 'http', scheme: 'basic', description: 'An operator.' },
      },
    },
  };
}

function operation(route: Route): JsonObject {
  const access = route.access ?? 'user';
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    parameters: [...pathParameters(route.path), ...(route.parameters ?? []).map(parameter)],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: responses({ ...refusals(route), ...route.responses }),
    security: access === 'none' ? [] : [{ [access === 'user' ? 'basic' : access]: [] }],
  };
}

/** What is in a facade's refusals depends on the fault: they are named and not described. */
function refusals(route: Route): Readonly<Record<number, ResponseDescription>> {
  const { access = 'user', body } = route;
  const descriptions = {
    ...COMMON,
    ...(access === 'none' ? {} : OF_CALLERS),
    ...(body === undefined ? {} : OF_BODIES),
  };
  const schema = 'refusal' in route ? {} : { schema: schemaRef('Error') };
  return Object.fromEntries(
    Object.entries(descriptions).map(([status, description]) => [status, { description, ...schema }]),
  );
}

/** For example `get_api_2_things_thingId`. */
function operationId({ method, path }: Route): string {
  return [method.toLowerCase(), ...path.replace('*', 'path').split(/[^A-Za-z0-9]+/)]
    .filter((part) => part !== '')
    .join('_');
}

function templated(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
}

function pathParameters(path: string): readonly JsonObject[] {
  const names = [...path.matchAll(/\/:(\w+)/g)].map(([, name = '']) => ({ name, description: name }));
  if (path.endsWith('*')) names.push({ name: 'path', description: 'The rest of the path; it may hold slashes.' });
  return names.map(({ name, description }) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
}

function parameter({ name, in: place, description, required = false, schema }: Parameter): JsonObject {
  return { name, in: place, description, required, schema: schema ?? { type: 'string' } };
}

function requestBody({ description, mediaTypes, schema, optional = false }: RequestBody): JsonObject {
  return {
    description,
    required: !optional,
    content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: schema ?? {} }])),
  };
}

function responses(described: Readonly<Record<number, ResponseDescription>>): JsonObject {
  return Object.fromEntries(
    Object.entries(described).map(([status, { description, mediaType, schema }]) => [
      status,
      schema === undefined && mediaType === undefined
        ? { description }
        : { description, content: { [mediaType ?? 'application/json']: { schema: schema ?? { type: 'string' } } } },
    ]),
  );
}
