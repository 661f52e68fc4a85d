import { PasswordAuthenticator } from '@gemel/api/http';
import type { PasswordUser } from '@gemel/api/http';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import { startIssuer } from '@gemel/testkit/oidc';
import type { TestIssuer } from '@gemel/testkit/oidc';
import { z } from 'zod';
import { accessSettings, readSettings } from '../settings/index.js';
import { openDoors } from './doors.js';

const users: readonly PasswordUser[] = [
  { name: 'ditto', password: 'ditto', role: 'user' },
  { name: 'devops', password: 'foobar', role: 'operator' },
];
const AUTHENTICATION_FAILED = 'gateway:authentication.failed';
const DEVOPS = '/devops/ingest/failures';

let issuer: TestIssuer;
let api: OpenHttpApi;

beforeEach(async () => {
  issuer = await startIssuer();
});

afterEach(async () => {
  await api.close();
  await issuer.close();
});

/** The API behind the doors that these settings make. */
async function open(environment: Readonly<Record<string, string>>): Promise<void> {
  const settings = readSettings(z.object(accessSettings), environment);
  api = await openHttpApi(undefined, await openDoors(settings, new PasswordAuthenticator(users)));
}

const trusting = (described: object = {}) => ({
  GEMEL_OIDC_ISSUERS: JSON.stringify({ idp: { issuer: issuer.url, ...described } }),
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(path: string, authorization?: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers(init.headers);
  if (authorization !== undefined) headers.set('authorization', authorization);
  const response = await fetch(api.url + path, { ...init, headers });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : parseBody(text) };
}

function parseBody(text: string): Answer['body'] {
  return JSON.parse(text) as Answer['body'];
}

const whoami = (authorization?: string, headers: Record<string, string> = {}) =>
  call('/api/2/whoami', authorization, { headers });
const bearer = (claims: object) => `Bearer ${issuer.token(claims)}`;

describe('JWT / OIDC', () => {
  it('makes a subject of `sub`, after the prefix of the issuer', async () => {
    await open(trusting());
    expect(await whoami(bearer({ sub: 'ann' }))).toEqual({
      status: 200,
      body: { defaultSubject: 'idp:ann', subjects: ['idp:ann'] },
    });
    expect((await whoami(bearer({ sub: 'ann' }).replace('Bearer', 'bearer'))).status).toBe(200);
  });

  it.each([
    ['Bearer', 400, 'jwt:invalid'],
    ['Bearer a b', 400, 'jwt:invalid'],
    ['Bearer x', 400, 'jwt:invalid'],
    ['Digest x', 401, AUTHENTICATION_FAILED],
  ])('answers %j with %i', async (authorization, status, error) => {
    await open(trusting());
    expect(await whoami(authorization)).toMatchObject({ status, body: { status, error } });
  });

  it('refuses issuers that nobody has configured', async () => {
    await open({});
    expect(await whoami(bearer({ sub: 'ann' }))).toEqual({
      status: 401,
      body: {
        status: 401,
        error: 'gateway:jwt.issuer.notsupported',
        message: `Tokens of the issuer '${issuer.url}' are not accepted here.`,
        description: 'Get a token of an issuer that the configuration names.',
      },
    });
  });

  it('answers 503 while an issuer is down', async () => {
    await open(trusting());
    issuer.behaviour = 'failing';
    expect(await whoami(bearer({ sub: 'ann' }))).toMatchObject({
      status: 503,
      body: { error: 'gateway:authentication.provider.unavailable' },
    });
  });

  it('takes pre-authentication first, and a token where that is refused', async () => {
    await open({ ...trusting(), GEMEL_PRE_AUTHENTICATION: 'true' });
    const headers = (text: string) => ({ 'x-ditto-pre-authenticated': text });
    expect((await whoami(bearer({ sub: 'ann' }), headers('pre:bob'))).body['defaultSubject']).toBe('pre:bob');
    expect((await whoami(bearer({ sub: 'ann' }), headers(','))).body['defaultSubject']).toBe('idp:ann');
    expect(await whoami('Bearer x', headers(','))).toMatchObject({ status: 400, body: { error: 'jwt:invalid' } });
  });

  it('takes no token from the query: addresses end up in logs', async () => {
    await open(trusting());
    expect((await call(`/api/2/whoami?access_token=${issuer.token({ sub: 'ann' })}`)).status).toBe(401);
  });
});

describe('auth-subjects templates', () => {
  it('expand arrays, leave out what is missing, and keep their order', async () => {
    await open(
      trusting({ authSubjects: ['{{ jwt:sub }}/{{ jwt:scp }}', '{{ jwt:roles/support }}', '{{ jwt:none }}'] }),
    );
    const { body } = await whoami(bearer({ sub: 'ann', scp: ['a', 'b'], roles: [{ support: 'x' }, { support: 'x' }] }));
    expect(body['subjects']).toEqual(['idp:ann/a', 'idp:ann/b', 'idp:x']);
  });

  it('refuse a bearer of whom they make nobody', async () => {
    await open(trusting({ authSubjects: ['{{ jwt:none }}'] }));
    expect(await whoami(bearer({ sub: 'ann' }))).toMatchObject({ status: 401, body: { error: AUTHENTICATION_FAILED } });
  });
});

describe('inject-claims-into-headers', () => {
  it('adds claims to what a command causes, over what the caller says', async () => {
    await open(
      trusting({ 'inject-claims-into-headers': { 'User-Email': '{{ jwt:email }}', 'user-x': '{{ jwt:x }}' } }),
    );
    const headers = { 'content-type': 'application/json', 'user-email': 'forged', 'x-own': 'kept' };
    const created = await call('/api/2/things/ns:one', bearer({ sub: 'ann', email: 'ann@example.org' }), {
      method: 'PUT',
      headers,
      body: '{}',
    });
    expect(created.status).toBe(201);
    const events = await api.store.read(0, 10);
    expect(events.find(({ event }) => event.entity === 'thing')?.event.headers).toMatchObject({
      'user-email': 'ann@example.org',
      'user-x': '{{ jwt:x }}',
      'x-own': 'kept',
      'ditto-originator': 'idp:ann',
    });
  });
});

describe('prerequisite-conditions', () => {
  it('must all be resolvable', async () => {
    const conditions = ["{{ jwt:aud | fn:filter('eq','twins') }}", '{{ jwt:sub }}'];
    await open(trusting({ 'prerequisite-conditions': conditions }));
    expect((await whoami(bearer({ sub: 'ann', aud: ['other', 'twins'] }))).status).toBe(200);
    expect(await whoami(bearer({ sub: 'ann', aud: 'other' }))).toEqual({
      status: 401,
      body: {
        status: 401,
        error: 'gateway:jwt.condition.failed',
        message: 'The token lacks what the configuration asks of it.',
        description: 'Get a token with the claims that are asked for.',
      },
    });
  });
});

describe('devops / status auth', () => {
  const oauth2 = () => ({
    GEMEL_DEVOPS_AUTHENTICATION: 'oauth2',
    GEMEL_DEVOPS_OIDC_ISSUERS: JSON.stringify({ ops: issuer.url }),
  });

  it('by oauth2 lets in the subjects that are expected, and nobody by password', async () => {
    await open({ ...oauth2(), GEMEL_DEVOPS_SUBJECTS: 'ops:ann, ops:bob' });
    expect((await call(DEVOPS, bearer({ sub: 'ann' }))).status).toBe(200);
    expect(await call(DEVOPS, bearer({ sub: 'eve' }))).toMatchObject({
      status: 401,
      body: {
        error: AUTHENTICATION_FAILED,
        message: 'The token is of ops:eve, who may not do this.',
      },
    });
    expect((await call(DEVOPS, `Basic ${btoa('devops:foobar')}`)).status).toBe(401);
  });

  it('by oauth2 makes no user of an operator', async () => {
    await open(oauth2());
    expect((await call(DEVOPS, bearer({ sub: 'ann' }))).status).toBe(200);
    expect(await whoami(bearer({ sub: 'ann' }))).toMatchObject({ body: { error: 'gateway:jwt.issuer.notsupported' } });
  });

  it('by basic takes no token of a user', async () => {
    await open(trusting());
    expect((await call(DEVOPS, bearer({ sub: 'ann' }))).status).toBe(401);
    expect((await call(DEVOPS, `Basic ${btoa('devops:foobar')}`)).status).toBe(200);
  });

  it('can be switched off', async () => {
    await open({ GEMEL_DEVOPS_AUTHENTICATION: 'none' });
    expect((await call(DEVOPS)).status).toBe(200);
    expect((await whoami()).status).toBe(401);
  });
});
