import { get as httpGet } from 'node:http';
import type { IncomingMessage } from 'node:http';
import request from 'supertest';
import { parseSubjectId } from '@gemel/model/policies';
import { turns } from '@gemel/testkit/contracts';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const streams: Stream[] = [];

beforeEach(async () => {
  api = await openHttpApi();
  await request(api.url)
    .put('/api/2/things/x:car')
    .auth('ditto', 'ditto')
    .send({ features: { lamp: {} } })
    .expect(201);
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.response.destroy();
  await api.close();
});

class Stream {
  text = '';
  ended = false;

  constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    response.on('close', () => (this.ended = true));
  }

  /** Without heartbeats. */
  get events(): readonly string[] {
    return this.text.split('\n\n').filter((event) => event !== '' && event !== 'data:');
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await turns(1);
  }

  async first(count: number): Promise<readonly string[]> {
    await this.until(() => this.events.length >= count);
    return this.events;
  }
}

async function open(path: string, user = 'ditto'): Promise<Stream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: 'text/event-stream', authorization: `Basic ${btoa(`${user}:${user}`)}` };
    httpGet(`${api.url}/api/2${path}`, { headers }, resolve).on('error', reject);
  });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream']);
  const stream = new Stream(response);
  streams.push(stream);
  return stream;
}

async function say(path: string, body: string | Buffer = 'x', contentType = 'text/plain'): Promise<void> {
  await request(api.url)
    .post(`/api/2/things/${path}?timeout=0`)
    .auth('ditto', 'ditto')
    .set('content-type', contentType)
    .send(body)
    .expect(202);
}

describe('Message streams (SSE)', () => {
  it('tell the subject as the name of the event and the payload as its data', async () => {
    const stream = await open('/things/x:car/inbox/messages');
    await say('x:car/inbox/messages/ask/me', 'Hey, how are you?');
    await say('x:car/inbox/messages/json', '{"a": [1, 2]}', 'application/json');
    await say('x:car/inbox/messages/text-in-json', '"x"', 'application/json');
    await say('x:car/inbox/messages/bytes', Buffer.from([0, 255]), 'application/octet-stream');
    await say('x:car/inbox/messages/lines', 'one\ntwo\r\nthree');
    expect(await stream.first(5)).toEqual([
      'data:Hey, how are you?\nevent:ask/me',
      'data:{"a":[1,2]}\nevent:json',
      'data:"x"\nevent:text-in-json',
      'data:AP8=\nevent:bytes',
      'data:one\ndata:two\ndata:three\nevent:lines',
    ]);
  });

  it.each([
    ['/things/x:car/inbox/messages', ['in']],
    ['/things/x:car/outbox/messages', ['out', 'out/more']],
    ['/things/x:car/outbox/messages/out', ['out']],
    ['/things/x:car/features/lamp/inbox/messages', ['feature']],
    ['/things/x:car/features/lamp/inbox/messages/feature', ['feature']],
  ])('%s shows %j', async (path, subjects) => {
    const stream = await open(path);
    await request(api.url).put('/api/2/things/x:bus').auth('ditto', 'ditto').send({}).expect(201);
    await say('x:bus/inbox/messages/bus');
    await say('x:bus/outbox/messages/out');
    for (const rest of ['inbox/messages/in', 'outbox/messages/out', 'outbox/messages/out/more'])
      await say(`x:car/${rest}`);
    await say('x:car/features/lamp/inbox/messages/feature');
    await say('x:car/features/lamp/outbox/messages/feature-out');
    const events = await stream.first(subjects.length);
    expect(events.map((event) => event.replace(/^data:x\nevent:/, ''))).toEqual(subjects);
  });

  it('show what the reader may read, from the next message on', async () => {
    const grant = (subjects: readonly string[]) =>
      request(api.url)
        .put('/api/2/policies/x:car/entries/guest')
        .auth('ditto', 'ditto')
        .send({
          subjects: { 'nginx:other': { type: 'guest' } },
          resources: Object.fromEntries(
            subjects.map((subject) => [`message:/inbox/messages/${subject}`, { grant: ['READ'], revoke: [] }]),
          ),
        });
    await grant(['greet']).expect(201);
    const stream = await open('/things/x:car/inbox/messages', 'other');
    await say('x:car/inbox/messages/ask', 'secret');
    await say('x:car/inbox/messages/greet', 'hello');
    // Then the one before it has been looked at, too.
    expect(await stream.first(1)).toEqual(['data:hello\nevent:greet']);
    await grant(['greet', 'ask']).expect(204);
    await say('x:car/inbox/messages/tell', 'secret');
    await say('x:car/inbox/messages/ask', 'open');
    expect(await stream.first(2)).toEqual(['data:hello\nevent:greet', 'data:open\nevent:ask']);
  });

  it('show claims', async () => {
    const stream = await open('/things/x:car/inbox/messages');
    await request(api.url)
      .post('/api/2/things/x:car/inbox/claim?timeout=0')
      .auth('other', 'other')
      .send('')
      .expect(202);
    expect(await stream.first(1)).toEqual(['data:\nevent:claim']);
  });

  it('send an empty event after a silence, and end when the server closes', async () => {
    const stream = await open('/things/x:car/outbox/messages');
    await stream.until(() => stream.text === 'data:\n\n');
    await api.close();
    await stream.until(() => stream.ended);
    expect(stream.response.complete).toBe(true);
  });

  it('stop when their client goes', async () => {
    const stream = await open('/things/x:car/inbox/messages');
    const subscribers = async (): Promise<unknown> =>
      api.live.hub.meters.find(({ name }) => name === 'gemel_live_subscribers')?.read();
    expect(await subscribers()).toBe(1);
    stream.response.destroy();
    while ((await subscribers()) !== 0) await turns(1);
    expect(await subscribers()).toBe(0);
  });

  it.each([
    ['/things/nocolon/inbox/messages', 400],
    ['/things/x:car/inbox/messages/a%00', 400],
  ])('%s is refused at once', async (path, status) => {
    await request(api.url)
      .get(`/api/2${path}`)
      .auth('ditto', 'ditto')
      .set('accept', 'text/event-stream')
      .expect(status);
  });

  it('are nothing else than streams', () =>
    request(api.url).get('/api/2/things/x:car/inbox/messages').auth('ditto', 'ditto').expect(405));
});

describe('Streams: token expiry', () => {
  it('ends them when the token that opened them does', async () => {
    const subjects = [parseSubjectId('nginx:ditto')] as const;
    const token = { issuer: {} as never, claims: {}, expiry: Date.now() + 300 };
    const expiring = await openHttpApi(undefined, {
      authenticators: [{ authenticate: () => ({ subjects, role: 'user', token }) }],
    });
    const opened = [api, expiring].map(({ url }) => url);
    const [lasting, ending] = await Promise.all(
      opened.map(async (url) => {
        const headers = { accept: 'text/event-stream', authorization: `Basic ${btoa('ditto:ditto')}` };
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          httpGet(`${url}/api/2/things`, { headers }, resolve).on('error', reject);
        });
        const stream = new Stream(response);
        streams.push(stream);
        return stream;
      }),
    );
    await ending?.until(() => ending.ended);
    expect([ending?.response.complete, lasting?.ended]).toEqual([true, false]);
    await expiring.close();
  });
});
