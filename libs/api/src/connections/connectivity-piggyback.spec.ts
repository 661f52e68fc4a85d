import type { JsonObject, JsonValue } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

const connection = {
  id: 'own-id',
  connectionType: 'mqtt',
  connectionStatus: 'open',
  uri: 'tcp://device:hunter2@broker:1883',
  sources: [{ addresses: ['telemetry/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
  tags: ['plant'],
};

/** What the connectivity service answers, as OpenTwins and Ditto's scripts ask. */
async function send(
  name: string,
  rest: JsonObject = {},
  type = 'connectivity.commands',
): Promise<JsonValue | undefined> {
  const command = {
    targetActorSelection: '/system/sharding/connection',
    headers: { aggregate: false, 'is-group-topic': false, 'ditto-sudo': true },
    piggybackCommand: { type: `${type}:${name}`, ...rest },
  };
  const { status, text, body } = await call(api, 'POST', '/devops/piggyback/connectivity', command, { user: 'devops' });
  expect(status).toBe(200);
  expect(text).not.toContain('hunter2');
  return body;
}

const connectionId = 'own-id';

describe('piggyback commands to connectivity', () => {
  it('manage a connection under an ID of the caller', async () => {
    expect(await send('createConnection', { connection })).toMatchObject({
      type: 'connectivity.responses:createConnection',
      status: 201,
      connection: { id: 'own-id', uri: 'tcp://device:*****@broker:1883' },
    });
    expect(await send('createConnection', { connection })).toMatchObject({
      status: 409,
      error: 'connectivity:connection.conflict',
    });
    expect(await send('retrieveConnection', { connectionId })).toMatchObject({
      type: 'connectivity.responses:retrieveConnection',
      status: 200,
      connection: { id: 'own-id', tags: ['plant'] },
    });
    expect(await send('modifyConnection', { connection: { ...connection, name: 'Cars' } })).toEqual({
      type: 'connectivity.responses:modifyConnection',
      status: 204,
      connectionId,
    });
    expect(await send('retrieveAllConnectionIds')).toMatchObject({ status: 200, connectionIds: ['own-id'] });
    expect(await send('sudoRetrieveConnectionIdsByTag', { tag: 'plant' }, 'connectivity.sudo.commands')).toEqual({
      type: 'connectivity.sudo.responses:sudoRetrieveConnectionIdsByTag',
      status: 200,
      connectionIds: ['own-id'],
    });
    expect(await send('sudoRetrieveConnectionTags', { connectionId }, 'connectivity.sudo.commands')).toMatchObject({
      tags: ['plant'],
    });
  });

  it('open, close, watch, test and delete it', async () => {
    expect(await send('closeConnection', { connectionId })).toEqual({
      type: 'connectivity.responses:closeConnection',
      status: 200,
      connectionId,
    });
    expect(await send('openConnection', { connectionId })).toMatchObject({ status: 200 });
    expect(await send('retrieveConnectionStatus', { connectionId })).toMatchObject({
      type: 'connectivity.responses:retrieveConnectionStatus',
      status: 200,
      connectionId,
      liveStatus: 'open',
    });
    expect(await send('retrieveConnectionMetrics', { connectionId })).toMatchObject({ status: 200, sourceMetrics: {} });
    expect(await send('retrieveConnectionLogs', { connectionId })).toMatchObject({
      status: 200,
      enabledUntil: expect.any(String),
    });
    for (const name of ['resetConnectionMetrics', 'enableConnectionLogs', 'resetConnectionLogs']) {
      expect(await send(name, { connectionId })).toMatchObject({ status: 200, connectionId });
    }
    expect(await send('testConnection', { connection })).toMatchObject({ status: 200, testResult: expect.any(String) });
    expect(await send('deleteConnection', { connectionId })).toMatchObject({ status: 204, connectionId });
    expect(await send('openConnection', { connectionId })).toMatchObject({
      status: 404,
      error: 'connectivity:connection.notfound',
    });
  });

  it('lock secrets anew', async () => {
    await send('createConnection', { connection: { ...connection, id: 'locked' } });
    expect(await send('migrateEncryption', { dryRun: true })).toMatchObject({
      type: 'connectivity.responses:migrateEncryption',
      status: 202,
      dryRun: true,
      resumed: false,
    });
    expect(await send('migrateEncryptionStatus')).toMatchObject({
      phase: 'completed',
      snapshots: { failed: 0 },
      journalEvents: { failed: 0 },
      progress: {},
      dryRun: true,
      migrationActive: false,
    });
    expect(await send('migrateEncryptionAbort')).toMatchObject({ status: 409, error: 'connectivity:signal.illegal' });
    expect(await send('migrateEncryption', { resume: true })).toMatchObject({
      status: 200,
      phase: 'already_completed',
    });
  });

  it.each<[string, JsonObject, string]>([
    ['openConnection', {}, 'json.field.missing'],
    ['openConnection', { connectionId: 'no spaces' }, 'connectivity:connection.id.invalid'],
    ['createConnection', {}, 'json.field.missing'],
    ['createConnection', { connection: [] }, 'connectivity:connection.configuration.invalid'],
    ['createConnection', { connection: { id: 'x' } }, 'json.field.missing'],
    ['sudoNothing', {}, 'devops:piggyback.unsupported'],
  ])('are refused when they are wrong: %s %j', async (name, rest, code) => {
    const body = await send(name, rest);
    const error = isJsonObject(body) && isJsonObject(body['payload']) ? body['payload'] : body;
    if (name === 'sudoNothing') expect(error).toMatchObject({ status: expect.any(Number) });
    else expect(error).toMatchObject({ error: code });
  });
});
