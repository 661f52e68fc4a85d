import { until } from '@gemel/testkit/contracts';
import { CAR_TARGET, managedConnections, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const { ask, created, send } = managedConnections(() => api);

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

describe('POST /api/2/connections/{id}/command', () => {
  const OPEN = 'connectivity.commands:openConnection';
  const CLOSE = 'connectivity.commands:closeConnection';

  it('closes and opens', async () => {
    const id = await created();
    await until(() => api.connections.brokers.open.has(id));
    expect(await send(id, CLOSE)).toMatchObject({ status: 200, text: '' });
    expect(api.connections.brokers.open.has(id)).toBe(false);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'closed',
      liveStatus: 'closed',
    });
    expect(await send(id, OPEN)).toMatchObject({ status: 200, text: '' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ connectionStatus: 'open', liveStatus: 'open' });
    expect((await ask('GET', `/${id}`)).headers).toMatchObject({ etag: '"rev:3"' });
    expect(await send(id, OPEN)).toMatchObject({ status: 200 });
    expect(await send(id, CLOSE)).toMatchObject({ status: 200 });
    expect(await send(id, CLOSE)).toMatchObject({ status: 200 });
  });

  it('tells why it cannot be opened, and goes on trying', async () => {
    const id = await created({ connectionStatus: 'closed', uri: 'tcp://refusing:1883' });
    expect(await send(id, OPEN)).toMatchObject({
      status: 504,
      body: { error: 'connectivity:connection.failed', message: expect.stringContaining('refusing says so') },
    });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'open',
      liveStatus: 'failed',
      recoveryStatus: 'ongoing',
    });
    api.connections.brokers.open.get(id)?.observer({ state: 'open', detail: 'it is there again' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'open', recoveryStatus: 'succeeded' });
  });

  it('refuses what is no command, or no text', async () => {
    const id = await created();
    for (const text of ['open', '', 'connectivity.commands:deleteConnection', 'connectivity.commands:constructor']) {
      expect(await send(id, text)).toMatchObject({ status: 400, body: { error: 'connectivity:command.invalid' } });
    }
    expect((await send(id, OPEN, 'application/json')).status).toBe(415);
  });
});

describe('how a connection is doing', () => {
  it('has those say what is new who have it open, when somebody looks and not while it opens', async () => {
    const id = await created();
    await send(id, 'connectivity.commands:closeConnection');
    await send(id, 'connectivity.commands:openConnection');
    expect(api.connections.lookedAt).not.toContain(id);
    for (const path of ['status', 'metrics', 'logs']) await ask('GET', `/${id}/${path}`);
    expect(api.connections.lookedAt.filter((each) => each === id)).toHaveLength(3);
  });

  it('is told of each of its clients', async () => {
    const id = await created({ clientCount: 2, connectionStatus: 'closed', targets: [CAR_TARGET] });
    expect((await send(id, 'connectivity.commands:openConnection')).status).toBe(200);
    const { body } = await ask('GET', `/${id}/status`);
    const client = { type: 'client', status: 'open', recoveryStatus: 'succeeded' };
    expect(body).toMatchObject({
      liveStatus: 'open',
      clientStatus: [client, client],
      // Only the first client receives what clients cannot share.
      sourceStatus: [{ address: 'telemetry/#' }],
      targetStatus: [{ address: 'out' }, { address: 'out' }],
    });
    expect((await send(id, 'connectivity.commands:closeConnection')).status).toBe(200);
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({ liveStatus: 'closed' });
  });

  it('is told in the form of Ditto', async () => {
    const target = {
      address: 'x/{{ thing:id }}',
      topics: ['_/_/things/twin/events'],
      qos: 1,
      authorizationContext: ['a:b'],
    };
    const id = await created({ targets: [target] });
    await until(() => api.connections.brokers.open.has(id));
    await until(() =>
      api.connections.runner.status().some((each) => each.connectionId === id && each.liveStatus === 'open'),
    );
    const resource = {
      client: 'here',
      status: 'open',
      statusDetails: 'broker says so',
      inStateSince: expect.any(String),
    };
    expect((await ask('GET', `/${id}/status`)).body).toEqual({
      connectionId: id,
      connectionStatus: 'open',
      liveStatus: 'open',
      recoveryStatus: 'succeeded',
      connectedSince: expect.stringMatching(/^\d{4}-.*Z$/),
      clientStatus: [{ type: 'client', ...resource, recoveryStatus: 'succeeded' }],
      sourceStatus: [{ type: 'source', address: 'telemetry/#', ...resource }],
      targetStatus: [{ type: 'target', address: 'x/{{ thing:id }}', ...resource }],
    });
  });

  it('is counted and logged, until that is reset', async () => {
    const id = await created();
    await until(() => api.connections.brokers.open.has(id));
    const receive = (payload: string) =>
      api.connections.brokers.open.get(id)?.handler({
        address: 'telemetry/car',
        payload: new TextEncoder().encode(payload),
        subjects: [],
        headers: {},
        source: 0,
      });
    await expect(receive('no JSON')).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    const nothing = { PT1M: 0, PT1H: 0, PT24H: 0, lastMessageAt: null };
    const once = { PT1M: 1, PT1H: 1, PT24H: 1, lastMessageAt: expect.any(String) };
    const { body } = await ask('GET', `/${id}/metrics`);
    expect(body).toMatchObject({
      connectionId: id,
      containsFailures: true,
      connectionMetrics: { inbound: { consumed: { success: once, failure: nothing } }, outbound: {} },
      sourceMetrics: { addressMetrics: { 'telemetry/#': { mapped: { success: nothing, failure: once } } } },
      targetMetrics: { addressMetrics: { _responses: { published: { success: nothing } } } },
    });
    const logs = (await ask('GET', `/${id}/logs`)).body;
    expect(logs).toMatchObject({
      connectionId: id,
      connectionLogs: expect.arrayContaining([
        expect.objectContaining({ category: 'connection', type: 'other', level: 'success' }),
        expect.objectContaining({ category: 'source', type: 'mapped', level: 'failure', address: 'telemetry/#' }),
      ]),
      enabledSince: expect.any(String),
      enabledUntil: expect.any(String),
    });
    expect(await send(id, 'connectivity.commands:resetConnectionMetrics')).toMatchObject({ status: 200 });
    expect(await send(id, 'connectivity.commands:resetConnectionLogs')).toMatchObject({ status: 200 });
    expect((await ask('GET', `/${id}/metrics`)).body).toMatchObject({
      containsFailures: false,
      connectionMetrics: { inbound: { consumed: { success: nothing } } },
    });
    expect((await ask('GET', `/${id}/logs`)).body).toMatchObject({ connectionLogs: [] });
  });

  it('is told of closed connections, too, whose logs somebody has to ask for', async () => {
    const id = await created({ connectionStatus: 'closed' });
    expect((await ask('GET', `/${id}/status`)).body).toMatchObject({
      connectionStatus: 'closed',
      liveStatus: 'closed',
      clientStatus: [{ type: 'client', status: 'closed' }],
      sourceStatus: [],
    });
    expect((await ask('GET', `/${id}/metrics`)).body).toMatchObject({
      sourceMetrics: { addressMetrics: { 'telemetry/#': { consumed: { success: { PT1M: 0 } } } } },
    });
    expect((await ask('GET', `/${id}/logs`)).body).toEqual({
      connectionId: id,
      connectionLogs: [],
      enabledSince: null,
      enabledUntil: null,
    });
    expect(await send(id, 'connectivity.commands:enableConnectionLogs')).toMatchObject({ status: 200 });
    expect((await ask('GET', `/${id}/logs`)).body).toMatchObject({ enabledSince: expect.any(String) });
  });

  it('has its logs on before others see it', async () => {
    const { store } = api.connections;
    const seen: string[] = [];
    const forget = store.onChange(() => {
      void Promise.all([store.connections(), store.connectionOrders()]).then(([all, orders]) => {
        seen.push(...all.filter(({ id }) => orders.get(id)?.logsUntil === undefined).map(({ id }) => id));
      });
    });
    const id = await created();
    forget();
    expect(seen).not.toContain(id);
    expect((await store.connectionOrders()).get(id)?.logsUntil).toEqual(expect.any(Number));
    const closed = await created({ connectionStatus: 'closed' });
    expect((await store.connectionOrders()).get(closed)).toBeUndefined();
  });
});
