import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import request from 'supertest';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(() => api.close());

const ROLES = ['gateway', 'policies', 'search', 'things'];

/** A note that another process has left. */
function leaveNote(instance: string, roles: readonly string[], at = Date.now(), status = 'UP'): Promise<void> {
  return api.board.leave({ instance, at, says: { roles, status: { service: roles[0] ?? '' }, health: { status } } });
}

const asOperator = (path: string) => request(api.url).get(path).auth('devops', 'devops');

describe('Operations: /status', () => {
  it('describes the process to whoever asks', async () => {
    const { body } = await request(api.url).get('/status').expect(200).expect('content-type', 'application/json');
    expect(body).toEqual({ service: 'gateway', instance: 'here' });
  });

  it('tells its health in the form of Ditto, 503 when it is down', async () => {
    await request(api.url).get('/status/health').expect(200, { label: 'store', status: 'UP' });
    api.health.ready = false;
    const down = { label: 'store', status: 'DOWN', details: [{ ERROR: 'it is not there' }] };
    await request(api.url).get('/status/health').expect(503, down);
  });

  it('lists who is there', async () => {
    await leaveNote('there', ['connectivity']);
    const { body } = await request(api.url).get('/status/cluster').expect(200);
    expect(body).toEqual({
      reachable: ['here', 'there'],
      unreachable: [],
      'seen-by': ['here', 'there'],
      leader: '<unknown>',
      'own-roles': ROLES,
      roles: Object.fromEntries(
        ['connectivity', ...ROLES].map((role) => [
          role,
          { reachable: [role === 'connectivity' ? 'there' : 'here'], unreachable: [], leader: '<unknown>' },
        ]),
      ),
    });
  });

  it('knows no other methods and nothing else below it', async () => {
    await request(api.url).post('/status').expect(405);
    await request(api.url).get('/status/else').expect(404);
  });
});

describe('Operations: /overall/status', () => {
  it.each(['', '/health', '/cluster'])('%s is for those who may see the status', async (path) => {
    await request(api.url).get(`/overall/status${path}`).expect(401);
    await request(api.url).get(`/overall/status${path}`).auth('ditto', 'ditto').expect(401);
    await asOperator(`/overall/status${path}`).expect(200);
  });

  it('shows each process by role, without those that have gone', async () => {
    await leaveNote('there', ['connectivity']);
    await leaveNote('gone', ['things'], Date.now() - 60_000);
    const { body } = await asOperator('/overall/status').expect(200);
    expect(body).toEqual({
      service: 'gateway',
      instance: 'here',
      roles: {
        connectivity: { there: { service: 'connectivity' } },
        ...Object.fromEntries(ROLES.map((role) => [role, { here: { service: 'gateway', instance: 'here' } }])),
      },
    });
  });

  it('adds up the health of all', async () => {
    await leaveNote('there', ['connectivity'], Date.now(), 'UP');
    const up = await asOperator('/overall/status/health').expect(200);
    expect(up.body).toMatchObject({ label: 'roles', status: 'UP' });
    const labels = ['expected-roles', 'connectivity', ...ROLES];
    for (const [index, label] of labels.entries()) expect(up.body.children[index].label).toBe(label);
    expect(up.body.children[0]).toEqual({
      label: 'expected-roles',
      status: 'UP',
      details: [{ INFO: { 'missing-roles': [], 'extra-roles': ['connectivity'] } }],
    });
    await leaveNote('there', ['connectivity'], Date.now(), 'DOWN');
    await asOperator('/overall/status/health').expect(503);
  });

  it('reads notes of other versions as far as it can', async () => {
    await api.board.leave({ instance: 'odd', at: Date.now(), says: { roles: 'things', health: [], __proto__: 1 } });
    const { body } = await asOperator('/overall/status/cluster').expect(200);
    expect(body.reachable).toEqual(['here', 'odd']);
  });
});
