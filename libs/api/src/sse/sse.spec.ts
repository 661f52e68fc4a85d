import { get as httpGet } from 'node:http';
import type { IncomingMessage } from 'node:http';
import request from 'supertest';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

let api: OpenHttpApi;
const streams: Stream[] = [];

beforeEach(async () => {
  api = await openHttpApi();
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.response.destroy();
  await api.close();
});

/** A client of an event stream. */
class Stream {
  text = '';
  ended = false;
  readonly #changed: (() => void)[] = [];

  constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.#wake();
    });
    for (const event of ['end', 'error', 'close'])
      response.on(event, () => {
        this.ended = true;
        this.#wake();
      });
  }

  /** Events with data, parsed. */
  get events(): unknown[] {
    return this.text
      .split('\n\n')
      .map((event) => event.replace(/^data:/, ''))
      .filter((data) => data !== '')
      .map((data) => JSON.parse(data) as unknown);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** The events once there are as many. */
  async first(count: number): Promise<unknown[]> {
    await this.until(() => this.events.length >= count);
    return this.events;
  }

  #wake(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

async function open(path: string, user = 'ditto'): Promise<Stream> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: 'text/event-stream', authorization: `Basic ${btoa(`${user}:${user}`)}` };
    httpGet(`${api.url}/api/2${path}`, { headers }, resolve).on('error', reject);
  });
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe('text/event-stream');
  const stream = new Stream(response);
  streams.push(stream);
  return stream;
}

async function write(verb: 'put' | 'patch' | 'delete', path: string, body?: unknown): Promise<void> {
  const type = verb === 'patch' ? 'application/merge-patch+json' : 'application/json';
  const test = request(api.url)[verb](`/api/2${path}`).auth('ditto', 'ditto').set('content-type', type);
  const { status } = await (body === undefined ? test : test.send(JSON.stringify(body)));
  expect([201, 204]).toContain(status);
}

const CAR = '/things/x:car';

describe('a stream of changes', () => {
  it('tells each change as a sparse thing, in order', async () => {
    const stream = await open('/things');
    await write('put', CAR, { attributes: { a: 1, b: { c: 2 } } });
    await write('put', `${CAR}/attributes/b/c`, null);
    await write('patch', CAR, { attributes: { a: null, d: { e: [1], f: null } } });
    await write('put', `${CAR}/features`, { f: { properties: { p: 'v' } } });
    await write('delete', `${CAR}/attributes/d`);
    await write('delete', CAR);
    expect(await stream.first(6)).toEqual([
      { thingId: 'x:car', policyId: 'x:car', attributes: { a: 1, b: { c: 2 } } },
      { thingId: 'x:car', attributes: { b: { c: null } } },
      { thingId: 'x:car', attributes: { d: { e: [1] } } },
      { thingId: 'x:car', features: { f: { properties: { p: 'v' } } } },
      { thingId: 'x:car' },
      { thingId: 'x:car' },
    ]);
  });

  it('of one thing tells nothing about others', async () => {
    const [one, some, namespace] = [
      await open(CAR),
      await open('/things?ids=x:car,x:bus'),
      await open('/things?namespaces=y'),
    ];
    for (const id of ['x:bike', 'x:bus', 'y:car', 'x:car']) await write('put', `/things/${id}`, {});
    const ids = async (stream: Stream, count: number) =>
      (await stream.first(count)).map((event) => (event as { thingId: string }).thingId);
    expect(await ids(some, 2)).toEqual(['x:bus', 'x:car']);
    expect(await ids(one, 1)).toEqual(['x:car']);
    expect(await ids(namespace, 1)).toEqual(['y:car']);
  });

  it('of a part tells its values only', async () => {
    await write('put', CAR, { attributes: { speed: 1 } });
    const stream = await open(`${CAR}/attributes/speed`);
    await write('put', `${CAR}/attributes/other`, 9);
    await write('put', `${CAR}/attributes/speed`, 2);
    await write('patch', CAR, { attributes: { speed: 3 } });
    expect(await stream.first(2)).toEqual([2, 3]);
  });

  it('shows selected and extra fields, and the context on request', async () => {
    await write('put', CAR, { attributes: { speed: 1, maker: 'ACME' } });
    const fields = encodeURIComponent('thingId,attributes/speed,_revision,_context');
    const selected = await open(`/things?fields=${fields}`);
    const extra = await open('/things?extraFields=attributes/maker,_revision');
    await write('put', `${CAR}/attributes/speed`, 2);
    expect(await selected.first(1)).toEqual([
      {
        thingId: 'x:car',
        attributes: { speed: 2 },
        _revision: 2,
        _context: {
          topic: 'x/car/things/twin/events/modified',
          path: '/attributes/speed',
          value: 2,
          headers: expect.objectContaining({ 'ditto-originator': 'nginx:ditto', 'entity-revision': 2 }),
        },
      },
    ]);
    expect(await extra.first(1)).toEqual([{ thingId: 'x:car', attributes: { speed: 2, maker: 'ACME' }, _revision: 2 }]);
  });

  it('filters by the changed part, the extra fields and the topic', async () => {
    await write('put', CAR, { attributes: { speed: 1, maker: 'ACME' } });
    const fast = await open('/things?filter=gt(attributes/speed,5)');
    const acme = await open('/things?extraFields=attributes/maker&filter=eq(attributes/maker,"ACME")');
    const deleted = await open('/things?filter=eq(topic:action,"deleted")');
    await write('put', `${CAR}/attributes/speed`, 2);
    await write('put', `${CAR}/attributes/speed`, 9);
    await write('delete', CAR);
    expect(await fast.first(1)).toEqual([{ thingId: 'x:car', attributes: { speed: 9 } }]);
    expect(await acme.first(2)).toHaveLength(2);
    expect(await deleted.first(1)).toEqual([{ thingId: 'x:car' }]);
  });

  it('shows each reader what the policy lets them read, from its next change on', async () => {
    await write('put', CAR, { attributes: { open: 1, secret: 1 } });
    const guest = await open('/things', 'other');
    const resources = { 'thing:/attributes/open': { grant: ['READ'], revoke: [] } };
    const entry = '/policies/x:car/entries/guest';
    await write('put', `${CAR}/attributes`, { open: 2, secret: 2 });
    await write('put', entry, { subjects: { 'nginx:other': { type: 'guest' } }, resources });
    await write('put', `${CAR}/attributes`, { open: 3, secret: 3 });
    await write('put', `${CAR}/attributes/secret`, 4);
    await write('patch', CAR, { attributes: { open: 5, secret: null } });
    expect(await guest.first(2)).toEqual([
      { thingId: 'x:car', attributes: { open: 3 } },
      { thingId: 'x:car', attributes: { open: 5 } },
    ]);
    await write('delete', entry);
    await write('put', `${CAR}/attributes/open`, 6);
    const owner = await open('/things');
    await write('put', `${CAR}/attributes/open`, 7);
    await owner.first(1);
    expect(guest.events).toHaveLength(2);
  });

  it('sends an empty event after a silence', async () => {
    const stream = await open('/things');
    await stream.until(() => stream.text === 'data:\n\n');
    expect(stream.events).toEqual([]);
  });

  it('ends when the server closes', async () => {
    const stream = await open('/things');
    const closed = api.close();
    await stream.until(() => stream.ended);
    await closed;
    expect(stream.response.complete).toBe(true);
  });

  it.each([
    ['/things?filter=nonsense(', 'rql.expression.invalid'],
    ['/things?extraFields=nonsense', 'things:field.selection.invalid'],
    ['/things?extraFields=a(', 'json.fieldselector.invalid'],
    ['/things?ids=nocolon', 'things:id.invalid'],
    ['/things/nocolon', 'things:id.invalid'],
  ])('is refused at once: %s', async (path, code) => {
    const response = await request(api.url)
      .get(`/api/2${path}`)
      .auth('ditto', 'ditto')
      .set('accept', 'text/event-stream')
      .expect(400);
    expect(response.body.error).toBe(code);
  });

  it('needs credentials', () => request(api.url).get('/api/2/things').set('accept', 'text/event-stream').expect(401));

  it('ends, with its connection, when the client does not read', async () => {
    await write('put', CAR, {});
    const stream = await open(CAR);
    stream.response.pause();
    const text = 'x'.repeat(90_000);
    // More than the network holds and the server keeps, however fast they come: 100 events, and a burst of 16 MB.
    for (let n = 0; n < 600; n++) await write('put', `${CAR}/attributes/text`, text + String(n));
    stream.response.resume();
    await stream.until(() => stream.ended);
    expect(stream.text).not.toContain(`${text}599`);
  }, 30_000);
});
