import { call } from '../support/api.js';
import type { Solo } from '../support/solo.js';

const GRANTED = { grant: ['READ', 'WRITE'], revoke: [] };
const ALL = { 'thing:/': GRANTED, 'policy:/': GRANTED, 'message:/': GRANTED };
const OWNER = { subjects: { 'nginx:ditto': { type: 'user' } }, resources: ALL };
const token = (claims: object): string =>
  [{ alg: 'RS256', kid: 'x' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

/** Bodies and headers that are too long to be read, and the tag of what was just created. */
export const MACROS = {
  BIG: JSON.stringify('x'.repeat(120_000)),
  BIG_ENTRY: JSON.stringify({ ...OWNER, subjects: { [`nginx:${'x'.repeat(120_000)}`]: { type: 'x' } } }),
  BIG_MESSAGE: JSON.stringify('x'.repeat(300_000)),
  HEADER: 'x'.repeat(6_000),
  TAG: '"rev:1"',
  UNKNOWN_ISSUER: `Bearer ${token({ iss: 'https://nowhere.example', sub: 'x' })}.eA`,
  POLICY_WITHOUT_THING: JSON.stringify({
    _policy: { entries: { owner: { ...OWNER, resources: { 'policy:/': GRANTED } } } },
  }),
  POLICY_OF_ANOTHER: JSON.stringify({
    entries: { owner: { ...OWNER, subjects: { 'nginx:other': { type: 'user' } } } },
  }),
  POLICY_AGAIN: JSON.stringify({
    topic: 't/full/policies/commands/create',
    path: '/',
    value: { entries: { owner: OWNER } },
  }),
  ELEVEN_IMPORTS: JSON.stringify(
    Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t:import-${String(index)}`, {}])),
  ),
} as const;

const READER = {
  subjects: { 'nginx:other': { type: 'user' } },
  resources: { 'thing:/': { grant: ['READ'], revoke: [] } },
};
const CONTENT = {
  attributes: { a: 1 },
  features: { f: { definition: ['a:b:c'], properties: { p: 1 }, desiredProperties: { p: 1 } }, bare: {} },
};

/** What the requests need: an owner's thing, an empty one, one that another user may read, and policies with references. */
export const SETUP: readonly (readonly [path: string, body: object])[] = [
  ['/api/2/things/t:full', CONTENT],
  ['/api/2/things/t:empty', {}],
  ['/api/2/policies/t:shared', { entries: { owner: OWNER, reader: READER } }],
  ['/api/2/things/t:shared', { ...CONTENT, policyId: 't:shared', definition: 'a:b:c' }],
  [
    '/api/2/policies/t:partly',
    {
      entries: {
        owner: OWNER,
        reader: { ...READER, resources: { 'thing:/attributes': { grant: ['READ'], revoke: [] } } },
      },
    },
  ],
  ['/api/2/things/t:hidden', { ...CONTENT, policyId: 't:partly' }],
  [
    '/api/2/policies/t:referring',
    {
      imports: { 't:full': {} },
      entries: {
        owner: OWNER,
        base: { subjects: { 'nginx:x': { type: 'x' } }, resources: {} },
        local: { subjects: {}, resources: {}, references: [{ entry: 'base' }] },
        other: { subjects: {}, resources: {}, references: [{ import: 't:full', entry: 'DEFAULT' }] },
      },
    },
  ],
];

const OPERATOR = { authorization: `Basic ${btoa('devops:devops')}` };
const BLOCK = {
  targetActorSelection: '/system/distributedPubSubMediator',
  headers: { aggregate: false },
  piggybackCommand: { type: 'namespaces.commands:blockNamespace', namespace: 'blocked' },
};

export async function setUp(solo: Pick<Solo, 'http'>): Promise<void> {
  for (const [path, body] of SETUP) {
    const { status, body: answer } = await call(solo, 'PUT', path, body);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  }
  const { status } = await call(solo, 'POST', '/devops/piggyback', BLOCK, OPERATOR);
  if (status !== 200) throw new Error('a namespace could not be blocked');
}
