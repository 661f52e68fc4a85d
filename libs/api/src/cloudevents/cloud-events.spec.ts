import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';
import request from 'supertest';

let api: OpenHttpApi;

beforeEach(async () => {
  api = await openHttpApi();
  await request(api.url)
    .put('/api/2/things/test:known')
    .auth('ditto', 'ditto')
    .send({ attributes: { n: 1 } });
});
afterEach(() => api.close());

const ATTRIBUTES = { specversion: '1.0', id: '1', source: '/sensors', type: 'reading' };
const COMMAND = { topic: 'test/known/things/twin/commands/modify', path: '/attributes/n', value: 2 };

type Attributes = Readonly<Record<string, string>>;

function sendBinary(body: object | string, attributes: Attributes = ATTRIBUTES, type = 'application/json') {
  const sent = request(api.url).post('/api/2/cloudevents').auth('ditto', 'ditto').set('content-type', type);
  for (const [name, value] of Object.entries(attributes)) void sent.set(`ce-${name}`, value);
  return sent.send(typeof body === 'string' ? body : JSON.stringify(body));
}

const sendStructured = (event: object | string) => sendBinary(event, {}, 'application/cloudevents+json; charset=utf-8');

async function attribute(): Promise<unknown> {
  const { body } = await request(api.url).get('/api/2/things/test:known/attributes/n').auth('ditto', 'ditto');
  return body as unknown;
}

describe('CloudEvents endpoint', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.eclipse.ditto+json'])(
    'carries out a command in binary mode, %s',
    async (type) => {
      const { text, headers } = await sendBinary(COMMAND, { ...ATTRIBUTES, time: '2026-01-01T00:00:00Z' }, type).expect(
        202,
      );
      expect(text).toBe('');
      expect(headers).not.toHaveProperty('etag');
      expect(await attribute()).toBe(2);
    },
  );

  it.each([
    ['data', COMMAND],
    ['data', JSON.stringify(COMMAND)],
    ['data_base64', Buffer.from(JSON.stringify(COMMAND)).toString('base64')],
  ])('carries out a command in structured mode, in %s', async (member, data) => {
    await sendStructured({ ...ATTRIBUTES, datacontenttype: 'application/json', [member]: data }).expect(202);
    expect(await attribute()).toBe(2);
  });

  it('carries out commands to policies', async () => {
    const topic = 'test/known/policies/commands/modify';
    const value = { type: 'by an event' };
    await sendBinary({ topic, path: '/entries/DEFAULT/subjects/nginx:other', value }).expect(202);
    const path = '/api/2/policies/test:known/entries/DEFAULT/subjects/nginx:other';
    await request(api.url).get(path).auth('ditto', 'ditto').expect(200, value);
    await sendBinary({ topic: 'test/new/policies/commands/create', path: '/', value: { entries: {} } }).expect(403);
    await sendBinary({
      topic: 'test/known/policies/commands/delete',
      path: '/entries/DEFAULT/subjects/nginx:other',
    }).expect(202);
  });

  it('takes a schema of Ditto, and none', async () => {
    await sendBinary(COMMAND, { ...ATTRIBUTES, dataschema: 'ditto:some-schema' }).expect(202);
  });

  it('answers what the command is refused with', async () => {
    const absent = { ...COMMAND, topic: 'test/absent/things/twin/commands/modify' };
    await sendBinary(absent).expect(404, /"things:thing.notfound"/);
    const conditional = { ...COMMAND, headers: { condition: 'eq(attributes/n,7)' } };
    await sendBinary(conditional).expect(412, /"things:condition.failed"/);
    expect(await attribute()).toBe(1);
  });

  it('lets the headers of the request go before those of the message', async () => {
    const correlated = { ...COMMAND, headers: { 'correlation-id': 'inner' } };
    const { headers } = await sendBinary(correlated).set('correlation-id', 'outer').expect(202);
    expect(headers['correlation-id']).toBe('outer');
    const [event] = (await api.store.history('thing', 'test:known', { from: 2, to: 2 })).map((each) => each.event);
    expect(event?.headers).toMatchObject({ 'correlation-id': 'outer' });
  });

  it.each([
    ['id', "it has no 'id'"],
    ['source', "it has no 'source'"],
    ['type', "it has no 'type'"],
    ['specversion', 'neither its content type nor its specversion says so'],
  ])('refuses an event in binary mode without %s', async (missing, reason) => {
    const attributes = Object.fromEntries(Object.entries(ATTRIBUTES).filter(([name]) => name !== missing));
    const { body } = await sendBinary(COMMAND, attributes).expect(400);
    expect(body).toEqual({
      status: 400,
      error: 'cloudevent.unparsable',
      message: `This is not a CloudEvent: ${reason}.`,
      description:
        'Send it as the HTTP binding 1.0 of CloudEvents says, with ce-id, ce-source, ce-specversion and ce-type.',
      href: 'https://github.com/cloudevents/spec/blob/v1.0/http-protocol-binding.md',
    });
  });

  it.each([
    ['{', 400],
    ['[]', 400],
    [{ ...ATTRIBUTES, id: 7 }, 400],
    [{ ...ATTRIBUTES, specversion: '9' }, 400],
    [{ id: '1', source: '/', type: 'x' }, 400],
    [{ ...ATTRIBUTES, time: 'yesterday' }, 400],
    [{ ...ATTRIBUTES, data_base64: '***' }, 400],
    [JSON.parse('{"__proto__":{"specversion":"1.0"}}') as object, 400],
  ])('refuses %j in structured mode', async (event, status) => {
    const { body } = await sendStructured(event).expect(status);
    expect(body.error).toBe('cloudevent.unparsable');
  });

  it('refuses an event without a payload', async () => {
    const expected = {
      status: 400,
      error: 'cloudevent.payload.missing',
      message: 'The CloudEvent has no data.',
      description: 'Send a Ditto Protocol message as its data.',
    };
    await sendBinary('').expect(400, expected);
    await sendStructured({ ...ATTRIBUTES, datacontenttype: 'application/json' }).expect(400, expected);
    await sendStructured({ ...ATTRIBUTES, datacontenttype: 'application/json', data: '' }).expect(400, expected);
  });

  it('refuses other content types of the payload', async () => {
    const { body } = await sendBinary('hello', ATTRIBUTES, 'text/plain').expect(415);
    expect(body).toEqual({
      status: 415,
      error: 'mediatype.unsupported',
      message: "The Content-Type 'text/plain' is not supported here.",
      description: 'Allowed: application/json, application/vnd.eclipse.ditto+json.',
    });
    const structured = await sendStructured({ ...ATTRIBUTES, data: COMMAND }).expect(415);
    expect(structured.body.message).toBe("The Content-Type 'none' is not supported here.");
  });

  it.each(['http://example.org/schema', 'dittos:x', 'ditto'])('refuses the schema %s', async (dataschema) => {
    const { body } = await sendBinary(COMMAND, { ...ATTRIBUTES, dataschema }).expect(400);
    expect(body).toEqual({
      status: 400,
      error: 'cloudevent.dataschema.unsupported',
      message: `The dataschema '${dataschema}' is not taken here.`,
      description: "Its scheme must be 'ditto', as in 'ditto:protocol'.",
    });
  });

  it.each([
    ['{', 'json.invalid'],
    [{}, 'json.field.missing'],
    [{ ...COMMAND, topic: 'nothing' }, 'protocoladapter:unknown.topicpath'],
    [{ ...COMMAND, topic: 'test/known/things/twin/events/modified' }, 'protocoladapter:unknown.signal'],
    [{ ...COMMAND, topic: 'test/known/policies/commands/checkPermissions' }, 'protocoladapter:unknown.signal'],
    [{ ...COMMAND, topic: 'test/kn\u0000own/things/twin/commands/modify' }, 'things:id.invalid'],
    [{ topic: COMMAND.topic, path: '/' }, 'json.field.missing'],
    [{ topic: 'test/x/policies/commands/create', path: '/', value: 7 }, 'json.invalid'],
    [{ topic: 'test/x/policies/commands/create', path: '/entries', value: {} }, 'protocoladapter:illegal.adaptable'],
  ])('refuses the message %j', async (message, error) => {
    const { body } = await sendBinary(message);
    expect(body.error).toBe(error);
  });

  it('is for users, and takes POST only', async () => {
    await request(api.url).post('/api/2/cloudevents').send(COMMAND).expect(401);
    await request(api.url).get('/api/2/cloudevents').auth('ditto', 'ditto').expect(405);
  });
});
