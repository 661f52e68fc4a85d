import { parseConnectionId } from '@gemel/model/connections';
import type { JsonObject } from '@gemel/model/json';
import { CAR_CONNECTION, CAR_SOURCE, managedConnections, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const { ask, created } = managedConnections(() => api);

beforeAll(async () => {
  api = await openHttpApi();
});

afterAll(() => api.close());

describe('a script that cannot be run', () => {
  const scripted = (incomingScript: string): JsonObject => ({
    ...CAR_CONNECTION,
    mappingDefinitions: { mine: { mappingEngine: 'JavaScript', options: { incomingScript } } },
  });
  const REFUSED = {
    status: 400,
    body: { error: 'connectivity:message.mapper.config.failed', message: expect.stringMatching(/'mine'.*line 1/) },
  };

  it('is refused when a connection is created, modified or tested, whether it is used or not', async () => {
    expect(await ask('POST', '', scripted('broken'))).toMatchObject(REFUSED);
    expect(await ask('POST', '?dry-run=true', scripted('broken'))).toMatchObject(REFUSED);
    const id = await created(scripted('fine'));
    expect(await ask('PUT', `/${id}`, scripted('broken'))).toMatchObject(REFUSED);
    expect((await ask('GET', `/${id}`)).body).toMatchObject({
      mappingDefinitions: scripted('fine')['mappingDefinitions'],
    });
  });
});

describe('a script that broke after it was stored', () => {
  it('leaves its connection misconfigured, which says why', async () => {
    const id = parseConnectionId(await created());
    const stored = await api.connections.store.connection(id);
    const options = { incomingScript: 'broken' };
    const definition = {
      ...stored?.definition,
      mappingDefinitions: { mine: { mappingEngine: 'JavaScript', options } },
      sources: [{ ...CAR_SOURCE, payloadMapping: ['mine'] }],
    };
    await api.connections.store.putConnection({ id, revision: 2, created: 0, modified: 0, deleted: false, definition });
    const status = async () => JSON.stringify((await ask('GET', `/${id}/status`)).body);
    let last = '';
    for (let tries = 0; tries < 200 && !last.includes('misconfigured'); tries++) last = await status();
    expect(JSON.parse(last)).toMatchObject({
      liveStatus: 'misconfigured',
      clientStatus: [{ status: 'misconfigured', statusDetails: expect.stringMatching(/'mine' cannot be used/) }],
    });
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
  });
});
