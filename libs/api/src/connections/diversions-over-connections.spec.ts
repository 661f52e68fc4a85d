import type { JsonObject } from '@gemel/model/json';
import { call, openApiWithCars, SPOKEN_CONNECTION, spokenConnections } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const authorizationContext = ['nginx:ditto'];

let api: OpenHttpApi;
const { change, connected, next, receive, sentTo } = spokenConnections(() => api);

beforeEach(async () => {
  api = await openApiWithCars();
});

afterEach(() => api.close());

describe('answers that are diverted', () => {
  const divertTo = (to: string, more: JsonObject = {}): JsonObject => ({
    sources: [
      {
        addresses: ['in/#'],
        qos: 1,
        authorizationContext,
        headerMapping: { 'divert-response-to-connection': to, ...more },
        replyTarget: { address: 'answers' },
      },
    ],
    specificConfig: { 'is-diversion-source': 'true' },
  });
  const target = (sources: string, change: JsonObject = {}): JsonObject => ({
    connectionType: 'http-push',
    uri: 'http://server',
    sources: [],
    targets: [{ address: 'POST:/{{ thing:name }}', topics: [], authorizationContext }],
    specificConfig: { 'is-diversion-target': 'true', 'authorized-connections-as-sources': sources },
    ...change,
  });
  const CHANGE = { topic: 'example/car1/things/twin/commands/modify', path: '/attributes/n', value: 5 };
  const command = (headers: JsonObject = {}): JsonObject => ({
    ...CHANGE,
    headers: { 'correlation-id': 'd-1', ...headers },
  });

  it('go to the target of the other connection, and not to the reply target', async () => {
    const receiver = await connected(target('x'));
    const sender = await connected(divertTo(receiver));
    await change(receiver, target(`other, ${sender}`));
    await receive(sender, command());
    expect(await next('POST:/car1', 1)).toMatchObject([
      { topic: CHANGE.topic, status: 204, headers: { 'correlation-id': 'd-1', 'diverted-response-from': sender } },
    ]);
    expect(sentTo('answers')).toEqual([]);
  });

  it('go to the reply target, too, where that is wanted, and types that are not diverted only there', async () => {
    const receiver = await connected(target('x'));
    const preserving = { 'is-diversion-source': 'true', 'preserve-normal-response-via-source': 'true' };
    const sender = await connected({
      ...divertTo(receiver, { 'divert-expected-response-types': 'response' }),
      specificConfig: preserving,
    });
    await change(receiver, target(sender));
    await receive(sender, command());
    await next('POST:/car1', 1);
    expect(await next('answers', 1)).toMatchObject([{ status: 204 }]);
    const refused = receive(sender, { ...command(), topic: 'example/none/things/twin/commands/modify' });
    await expect(refused).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
    expect(await next('answers', 2)).toMatchObject([{}, { status: 404 }]);
    expect(sentTo('POST:/none')).toEqual([]);
  });

  it('may be diverted by a message itself, but not by a connection that does not say so', async () => {
    const receiver = await connected(target('x'));
    const [sender, other] = [
      await connected(divertTo('')),
      await connected({ ...divertTo(receiver), specificConfig: {} }),
    ];
    await change(receiver, target(`${sender},${other}`));
    await receive(other, command());
    expect(await next('answers', 1)).toHaveLength(1);
    await receive(sender, command({ 'divert-response-to-connection': receiver }));
    expect(await next('POST:/car1', 1)).toHaveLength(1);
  });

  it('are dropped by a connection that does not know the other one', async () => {
    const receiver = await connected(target('somebody'));
    const sender = await connected(divertTo(receiver));
    await receive(sender, command());
    expect([sentTo('answers'), sentTo('POST:/car1')]).toEqual([[], []]);
  });

  it.each<[JsonObject, RegExp]>([
    [target('x', { specificConfig: {} }), /\/targets\/0\/topics must hold at least one/],
    [
      target('x', { specificConfig: { 'is-diversion-target': 'perhaps' } }),
      /is-diversion-target must be true or false/,
    ],
  ])('need a connection that is valid: %j', async (connection, expected) => {
    const { status, text } = await call(api, 'POST', '/api/2/connections', connection, { user: 'devops' });
    expect([status, text]).toEqual([400, expect.stringMatching(expected)]);
  });

  it('do not go round', async () => {
    const id = await connected(divertTo(''));
    const connection = { ...SPOKEN_CONNECTION, ...divertTo(id) };
    const { status, text } = await call(api, 'PUT', `/api/2/connections/${id}`, connection, { user: 'devops' });
    expect([status, text]).toEqual([400, expect.stringMatching(/must be another connection/)]);
  });
});
