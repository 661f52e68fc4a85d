import { PasswordAuthenticator } from '@gemel/api/http';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import { startIssuer } from '@gemel/testkit/oidc';
import type { TestIssuer } from '@gemel/testkit/oidc';
import { z } from 'zod';
import { accessSettings, readSettings } from '../settings/index.js';
import { openDoors } from './doors.js';

const POLICY = '/api/2/policies/ns:twins';
const BASIC = `Basic ${btoa('ditto:ditto')}`;
const READ = { grant: ['READ'], revoke: [] };
const EXECUTE = { grant: ['EXECUTE'], revoke: [] };
const HOUR_S = 3_600;

let issuer: TestIssuer;
let api: OpenHttpApi;

beforeAll(async () => {
  issuer = await startIssuer();
});

afterAll(() => issuer.close());

beforeEach(async () => {
  const settings = readSettings(z.object(accessSettings), { GEMEL_OIDC_ISSUERS: JSON.stringify({ idp: issuer.url }) });
  const users = new PasswordAuthenticator([{ name: 'ditto', password: 'ditto', role: 'user' }]);
  api = await openHttpApi(undefined, await openDoors(settings, users));
  const owner = { grant: ['READ', 'WRITE'], revoke: [] };
  const ann = { 'idp:ann': { type: 'user' } };
  const entries = {
    owner: { subjects: { 'nginx:ditto': { type: 'user' } }, resources: { 'policy:/': owner } },
    reader: {
      subjects: ann,
      resources: { 'thing:/attributes': READ, 'policy:/entries/reader/actions/activateTokenIntegration': EXECUTE },
    },
    both: { subjects: ann, resources: { 'thing:/': READ, 'policy:/entries/both/actions': EXECUTE } },
    sender: { subjects: ann, resources: { 'message:/': READ, 'policy:/entries/sender/actions': EXECUTE } },
    others: { subjects: { 'idp:bob': { type: 'user' } }, resources: { 'thing:/': READ } },
  };
  expect((await call('PUT', POLICY, BASIC, { entries })).status).toBe(201);
});

afterEach(() => api.close());

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(method: string, path: string, authorization: string, body?: unknown): Promise<Answer> {
  const headers = { authorization, 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(api.url + path, init);
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : parseBody(text) };
}

function parseBody(text: string): Answer['body'] {
  return JSON.parse(text) as Answer['body'];
}

const expiry = () => Math.floor(Date.now() / 1_000) + HOUR_S;
const bearer = (claims: object = {}) =>
  `Bearer ${issuer.token({ sub: 'ann', aud: 'my-app', exp: expiry(), ...claims })}`;
const act = (
  action: string,
  { token = bearer(), label = '', body }: { token?: string; label?: string; body?: unknown } = {},
) => call('POST', `${POLICY}${label === '' ? '' : `/entries/${label}`}/actions/${action}`, token, body);
const subjectsOf = async (label: string) => (await call('GET', `${POLICY}/entries/${label}/subjects`, BASIC)).body;

const ACTIVATE = 'activateTokenIntegration';
const DEACTIVATE = 'deactivateTokenIntegration';

describe('Token integration actions', () => {
  it('add to an entry a subject of the token, which expires with it', async () => {
    expect((await act(ACTIVATE, { label: 'reader' })).status).toBe(204);
    const subjects = await subjectsOf('reader');
    expect(subjects).toEqual({
      'idp:ann': { type: 'user' },
      'integration:reader:my-app': {
        type: expect.stringMatching(/^added via action <activateTokenIntegration> at <2\d{3}-.*Z>$/),
        expiry: expect.stringMatching(/^2\d{3}-\d\d-\d\dT\d\d:00:00Z$/),
      },
    });
    expect((await act(ACTIVATE, { label: 'reader' })).status).toBe(204);
  });

  it('add it to every entry that names the caller, lets them read things, and lets them do it', async () => {
    const token = bearer({ aud: ['a', 'b'] });
    expect((await act(ACTIVATE, { token })).status).toBe(204);
    expect(Object.keys(await subjectsOf('reader'))).toEqual([
      'idp:ann',
      'integration:reader:a',
      'integration:reader:b',
    ]);
    expect(Object.keys(await subjectsOf('both'))).toEqual(['idp:ann', 'integration:both:a', 'integration:both:b']);
    expect(Object.keys(await subjectsOf('sender'))).toEqual(['idp:ann']);
    expect((await act(DEACTIVATE, { token })).status).toBe(204);
    expect(Object.keys(await subjectsOf('both'))).toEqual(['idp:ann']);
    expect(Object.keys(await subjectsOf('reader'))).toHaveLength(3);
  });

  it('take it out again, or find nothing to take out', async () => {
    await act(ACTIVATE, { label: 'both' });
    expect((await act(DEACTIVATE, { label: 'both' })).status).toBe(204);
    expect(await subjectsOf('both')).toEqual({ 'idp:ann': { type: 'user' } });
    expect((await act(DEACTIVATE, { label: 'both' })).status).toBe(204);
    expect((await act(DEACTIVATE, { label: 'sender' })).status).toBe(204);
  });

  it('keep how the deletion of the subject is announced', async () => {
    const announcement = { beforeExpiry: '1m', whenDeleted: true };
    expect((await act(ACTIVATE, { label: 'both', body: { announcement } })).status).toBe(204);
    expect((await subjectsOf('both'))['integration:both:my-app']).toMatchObject({ announcement });
    expect(await act(ACTIVATE, { label: 'both', body: { announcement: { beforeExpiry: '1d' } } })).toMatchObject({
      status: 400,
      body: { error: 'policies:subjectannouncement.invalid' },
    });
    expect((await act(ACTIVATE, { label: 'both', body: {} })).status).toBe(204);
    expect((await act(ACTIVATE, { label: 'both', body: [] })).status).toBe(400);
  });

  const failed = (status: number, action: string, description: string) => ({
    status,
    body: { status, error: 'policies:action.failed', message: expect.stringContaining(action), description },
  });

  it('need a token', async () => {
    const description = 'Authenticate with a JSON Web Token.';
    expect(await act(ACTIVATE, { token: BASIC })).toEqual(failed(400, ACTIVATE, description));
    expect(await act(DEACTIVATE, { token: BASIC, label: 'both' })).toEqual(failed(400, DEACTIVATE, description));
  });

  it('need EXECUTE on the action', async () => {
    const description = 'It needs EXECUTE on the action in the policy.';
    expect(await act(DEACTIVATE, { label: 'reader' })).toEqual(failed(403, DEACTIVATE, description));
    expect(await act(ACTIVATE, { token: bearer({ sub: 'bob' }) })).toEqual(failed(403, ACTIVATE, description));
  });

  it('need an entry that names the caller and lets them read things', async () => {
    expect(await act(ACTIVATE, { label: 'sender' })).toEqual(
      failed(
        404,
        ACTIVATE,
        'An entry needs one of your subjects, READ on something of things, and EXECUTE on the action for you.',
      ),
    );
  });

  it('need the claims that the subject is made of, and an expiry', async () => {
    expect(await act(ACTIVATE, { token: bearer({ aud: [] }) })).toMatchObject({
      status: 400,
      body: { description: expect.stringMatching(/^The token has nothing to put into /) },
    });
    expect(await act(ACTIVATE, { token: bearer({ exp: undefined }) })).toMatchObject({
      status: 400,
      body: { error: 'json.field.missing' },
    });
  });

  it('are about a policy that is there, and nothing but POST', async () => {
    const missing = POLICY.replace('twins', 'none');
    expect(await call('POST', `${missing}/actions/${ACTIVATE}`, bearer())).toMatchObject({
      status: 404,
      body: { error: 'policies:policy.notfound' },
    });
    expect((await call('GET', `${POLICY}/actions/${ACTIVATE}`, bearer())).status).toBe(405);
  });

  it('both succeed when two ask at the same time', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((aud) => act(ACTIVATE, { label: 'both', token: bearer({ aud }) })),
    );
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(Object.keys(await subjectsOf('both'))).toHaveLength(4);
  });
});
