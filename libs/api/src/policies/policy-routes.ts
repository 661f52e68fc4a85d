import type { PolicyReply } from '@gemel/application/policies';
import type { IdSource } from '@gemel/application/ports';
import type { SignalContext } from '@gemel/application/signals';
import { parsePolicyView } from '@gemel/model/headers';
import { parsePolicyId } from '@gemel/model/ids';
import { isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonPointer } from '@gemel/model/json';
import { PolicyIdNotSettable } from '@gemel/model/policies';
import type { PolicyCommand } from '@gemel/model/policies';
import { ValueTypeInvalid } from '@gemel/model/things';
import { awaitEntity, awaitWrite, defineRoute, entityReply, ownUrl, urlBelow } from '../http/index.js';
import type { ApiRequest, Reply, Route } from '../http/index.js';
import {
  FIELDS,
  LOCKOUT,
  PAST,
  POLICY_VIEW,
  PRECONDITIONS,
  REFUSALS,
  TIMEOUT,
  WRITE,
  schemaRef,
} from '../openapi/index.js';
import { policyCollectionRoute } from './policy-collection-route.js';
import type { PolicyListings } from './policy-collection-route.js';
import { policyIdIn } from './policy-id-in.js';
import { permissionRoutes } from './permission-routes.js';
import type { PermissionRouteParts } from './permission-routes.js';

/** Carries out commands on policies. */
export interface PolicyCommands {
  execute(command: PolicyCommand, context: SignalContext): Promise<PolicyReply>;
}

export interface PolicyRouteParts extends PermissionRouteParts {
  readonly policies: PolicyCommands;
  readonly listing: PolicyListings;
  readonly ids: IdSource;
}

interface Resource {
  /** Below `/api/2/policies/:policyId`. */
  readonly path: string;
  readonly name: string;
  readonly methods: readonly Verb[];
  readonly schema: JsonObject;
}

type Verb = 'GET' | 'PUT' | 'DELETE';

const ALL = ['GET', 'PUT', 'DELETE'] as const;
const GET_PUT = ['GET', 'PUT'] as const;
const OBJECT = { type: 'object' };
const ENTRY = '/entries/:label';
const IMPORT = '/imports/:importedPolicyId';

const RESOURCES: readonly Resource[] = [
  { path: '', name: 'a policy', methods: ALL, schema: schemaRef('Policy') },
  { path: '/entries', name: 'all entries of a policy', methods: GET_PUT, schema: OBJECT },
  { path: ENTRY, name: 'an entry', methods: ALL, schema: schemaRef('PolicyEntry') },
  {
    path: `${ENTRY}/importable`,
    name: 'how an entry may be imported',
    methods: GET_PUT,
    schema: schemaRef('Importable'),
  },
  { path: `${ENTRY}/subjects`, name: 'all subjects of an entry', methods: GET_PUT, schema: OBJECT },
  { path: `${ENTRY}/subjects/:subjectId`, name: 'a subject', methods: ALL, schema: schemaRef('Subject') },
  { path: `${ENTRY}/resources`, name: 'all resources of an entry', methods: GET_PUT, schema: OBJECT },
  { path: `${ENTRY}/resources/*`, name: 'a resource', methods: ALL, schema: schemaRef('Permissions') },
  {
    path: `${ENTRY}/namespaces`,
    name: 'the namespaces that an entry is for',
    methods: GET_PUT,
    schema: schemaRef('NamespacePatterns'),
  },
  {
    path: `${ENTRY}/allowedAdditions`,
    name: 'what referencing entries may add to an entry',
    methods: ALL,
    schema: schemaRef('AllowedAdditions'),
  },
  { path: `${ENTRY}/references`, name: 'what an entry references', methods: ALL, schema: schemaRef('References') },
  { path: '/imports', name: 'all imports of a policy', methods: ALL, schema: schemaRef('PolicyImports') },
  { path: IMPORT, name: 'an import', methods: ALL, schema: schemaRef('PolicyImport') },
  {
    path: `${IMPORT}/entries`,
    name: 'the explicit entries that are imported',
    methods: GET_PUT,
    schema: schemaRef('Labels'),
  },
  {
    path: `${IMPORT}/transitiveImports`,
    name: 'which imports of the imported policy are resolved',
    methods: GET_PUT,
    schema: schemaRef('PolicyIds'),
  },
];

const VERBS = { GET: 'Retrieve', PUT: 'Create or replace', DELETE: 'Delete' } as const;
const tag = 'Policies';
const JSON_ONLY = ['application/json'];

/** Everything under `/api/2/policies`. */
export function policyRoutes(parts: PolicyRouteParts): readonly Route[] {
  return [
    creation(parts),
    policyCollectionRoute(parts.listing),
    ...permissionRoutes(parts),
    ...RESOURCES.flatMap((resource) => resource.methods.map((method) => resourceRoute(method, resource, parts))),
  ];
}

function creation({ policies, ids, defaultNamespace }: PolicyRouteParts): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/2/policies',
    summary: 'Create a policy with an ID of the server’s choice',
    tag,
    parameters: [...WRITE, LOCKOUT],
    body: { description: 'A policy without policyId.', mediaTypes: JSON_ONLY, schema: schemaRef('Policy') },
    responses: {
      201: { description: 'Created; Location says where.', schema: schemaRef('Policy') },
      ...REFUSALS.write,
      ...REFUSALS.media,
    },
    handler: (request) => {
      const value = request.json();
      if (!isJsonObject(value)) throw new ValueTypeInvalid('A Policy', 'a JSON object');
      if (member(value, 'policyId') !== undefined) throw new PolicyIdNotSettable('generated');
      request.requireNamespace(defaultNamespace, 'policy');
      const policyId = parsePolicyId(`${defaultNamespace}:${ids.uuid()}`);
      const context = request.context();
      return awaitWrite(request, async () =>
        entityReply(await policies.execute({ kind: 'create', policyId, value }, context), () =>
          urlBelow(request, policyId),
        ),
      );
    },
  });
}

function resourceRoute(method: Verb, resource: Resource, parts: PolicyRouteParts): Route {
  const { schema } = resource;
  const whole = resource.path === '';
  const common = {
    path: `/api/2/policies/:policyId${resource.path}`,
    summary: `${VERBS[method]} ${resource.name}`,
    tag,
  };
  if (method === 'GET') {
    return {
      ...common,
      method,
      parameters: [...(whole ? [FIELDS, POLICY_VIEW] : []), TIMEOUT, ...PRECONDITIONS, ...PAST],
      responses: {
        200: { description: 'What you may read of it.', schema },
        304: { description: 'It still has the entity tag.' },
        ...REFUSALS.read,
        ...REFUSALS.precondition,
      },
      handler: (request) => awaitEntity(request, () => retrieve(request, resource, parts)),
    };
  }
  return {
    ...common,
    method,
    parameters: [...WRITE, ...PRECONDITIONS, ...(whole && method === 'PUT' ? [LOCKOUT] : [])],
    ...(method === 'PUT' ? { body: { description: 'The new value.', mediaTypes: JSON_ONLY, schema } } : {}),
    responses: {
      ...(method === 'PUT' ? { 201: { description: 'Created.', schema } } : {}),
      204: { description: method === 'PUT' ? 'Changed.' : 'Deleted.' },
      ...REFUSALS.write,
      ...REFUSALS.precondition,
      ...(method === 'PUT' ? REFUSALS.media : {}),
      ...(method === 'DELETE' ? REFUSALS.referenced : {}),
    },
    handler: (request) => write(method, request, resource, parts),
  };
}

async function retrieve(request: ApiRequest, { path }: Resource, parts: PolicyRouteParts): Promise<Reply> {
  const command = {
    kind: 'retrieve',
    policyId: policyIdIn(request, parts.defaultNamespace),
    path: pointerIn(request, path),
  } as const;
  const fields = path === '' ? request.fields() : undefined;
  const context = request.context();
  const view = path === '' ? parsePolicyView(request.query('policy-view')) : undefined;
  const asked = view === undefined ? context : { ...context, policyView: view };
  const reply = await parts.policies.execute({ ...command, fields }, asked);
  return entityReply(reply, () => ownUrl(request));
}

function write(
  method: 'PUT' | 'DELETE',
  request: ApiRequest,
  { path }: Resource,
  parts: PolicyRouteParts,
): Promise<Reply> {
  const target = { policyId: policyIdIn(request, parts.defaultNamespace), path: pointerIn(request, path) };
  const command: PolicyCommand =
    method === 'PUT' ? { kind: 'modify', ...target, value: request.json() } : { kind: 'delete', ...target };
  const context = request.context();
  return awaitWrite(request, async () =>
    entityReply(await parts.policies.execute(command, context), () => ownUrl(request)),
  );
}

function pointerIn(request: ApiRequest, path: string): JsonPointer {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      if (segment === '*') return resourceKey(request.param('*'));
      return segment.startsWith(':') ? request.param(segment.slice(1)) : segment;
    });
}

/** The router takes a slash at the end away, which the root of a resource type (`thing:/`) has. */
function resourceKey(rest: string): string {
  return rest.endsWith(':') ? `${rest}/` : rest;
}
