import type { JsonObject } from '@gemel/model/json';
import { isJsonObject } from '@gemel/model/json';
import { until } from '@gemel/testkit/contracts';
import { call, openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const authorizationContext = ['nginx:ditto'];
const BASE = { connectionType: 'mqtt-5', connectionStatus: 'open', uri: 'tcp://broker:1883' };

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
});

afterEach(() => api.close());

const opened = (id: string) => api.connections.brokers.open.get(id);

/** A connection that is open; gives back its id. */
async function connected(change: JsonObject): Promise<string> {
  const { body } = await call(api, 'POST', '/api/2/connections', { ...BASE, ...change }, { user: 'devops' });
  const id = isJsonObject(body) ? body['id'] : undefined;
  if (typeof id !== 'string') throw new Error('it was not created');
  await until(() => opened(id) !== undefined);
  return id;
}

/** Resolves when it is open as it is now. */
async function change(id: string, to: JsonObject): Promise<void> {
  const before = opened(id);
  await call(api, 'PUT', `/api/2/connections/${id}`, { ...BASE, ...to }, { user: 'devops' });
  await until(() => ![undefined, before].includes(opened(id)));
}

const publishedAt = (address: string) => api.connections.brokers.published.filter((each) => each.address === address);

describe('dead letters that go to another connection', () => {
  const checked = (to: string): JsonObject => ({
    sources: [
      {
        ...{ addresses: ['in/#'], qos: 1, authorizationContext },
        deadLetterTarget: { connection: to, address: 'letters/{{ source:address }}' },
      },
    ],
  });
  const letters = (sources: string): JsonObject => ({
    targets: [{ address: 'x', topics: [], qos: 1, authorizationContext }],
    specificConfig: { 'is-diversion-target': 'true', 'authorized-connections-as-sources': sources },
  });

  it('come there, and their message is taken for applied', async () => {
    const receiver = await connected(letters('x'));
    const sender = await connected(checked(receiver));
    const send = () =>
      api.connections.brokers.open.get(sender)?.handler({
        ...{ address: 'in/a', subjects: [], headers: {}, source: 0 },
        payload: new TextEncoder().encode('no JSON'),
      });
    await expect(send()).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(publishedAt('letters/in/a')).toEqual([]);
    await change(receiver, letters(sender));
    await send();
    expect(publishedAt('letters/in/a')).toMatchObject([
      { payload: new TextEncoder().encode('no JSON'), headers: { 'dead-letter-code': 'json.invalid' } },
    ]);
  });
});
