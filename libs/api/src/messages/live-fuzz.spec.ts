import { Readable } from 'node:stream';
import fc from 'fast-check';
import request from 'supertest';
import { GemelError } from '@gemel/model/errors';
import { parseSubjectId } from '@gemel/model/policies';
import type { JsonObject } from '@gemel/model/json';
import { openHttpApi } from '@gemel/testkit/http-api';
import type { OpenHttpApi } from '@gemel/testkit/http-api';

const DEVICE = [parseSubjectId('nginx:ditto')];
const topics = fc
  .tuple(
    fc.constantFrom('x/car', 'x/none', '_/_', '/car'),
    fc.constantFrom(
      'messages/ask',
      'messages/claim',
      'messages/a%2Fb',
      'commands/retrieve',
      'commands/merge',
      'commands/migrate',
      'events/modified',
      'errors',
      'acks/twin-persisted',
      'acks/my:ack',
      'acks',
      'search/next',
    ),
  )
  .map(([thing, rest]) => `${thing}/things/live/${rest}`);
const paths = fc.constantFrom(
  '/',
  '/inbox/messages/ask',
  '/outbox/messages/ask',
  '/features/f/inbox/messages/claim',
  '/inbox/messages/a%2Fb',
  '/attributes/a',
  '/features/f/properties/%',
  'none',
);
const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('!!', 'aGk=', { status: 404, error: 'a:b' }));
const statuses = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 100, max: 599 }) },
  fc.integer(),
  fc.double(),
  fc.string(),
);
/** Nothing is waited for longer than a moment. */
const timeouts = fc.oneof(
  { weight: 9, arbitrary: fc.constant('1ms') },
  fc.constantFrom('0', '-1', 'soon', '99999999s', ''),
);
const otherHeaders = fc.dictionary(
  fc.constantFrom(
    'correlation-id',
    'content-type',
    'condition',
    'response-required',
    'requested-acks',
    'direction',
    'ditto-originator',
    'x-own',
    'set-cookie',
    'etag',
    '__proto__',
  ),
  fc.oneof(
    fc.constantFrom('text/plain', 'application/json', 'application/octet-stream', '0', 'a\r\nb: c', 'exists(a)'),
    fc.jsonValue({ maxDepth: 1 }),
  ),
);
const headers = fc.tuple(otherHeaders, timeouts).map(([others, timeout]) => ({ ...others, timeout }));
const optional: { requiredKeys: ('topic' | 'path')[] } = { requiredKeys: ['topic', 'path'] };
const rest = { headers, value: values, fields: fc.string(), extra: values };
const envelopes = fc.oneof(
  fc.record({ topic: topics, path: paths, status: statuses, ...rest }, optional),
  fc.record(
    {
      topic: fc.constantFrom('x/car/things/live/messages/ask', 'x/car/things/live/events/modified'),
      path: fc.constantFrom('/inbox/messages/ask', '/outbox/messages/ask'),
      headers,
      value: values,
    },
    optional,
  ),
);

describe('Live channel: whatever a device says', () => {
  let api: OpenHttpApi;
  /** How the device answers what it is shown next; nothing after that: what is no answer is shown to it in turn. */
  let answerWith: ((asked: JsonObject) => unknown) | undefined;
  let shown = 0;

  const say = (message: unknown): Promise<void> =>
    api.ingest.handle({
      address: 'a',
      payload: new TextEncoder().encode(JSON.stringify(message)),
      subjects: DEVICE,
      headers: {},
    });
  const put = (path: string) => request(api.url).put(path).auth('ditto', 'ditto').send({});

  beforeAll(async () => {
    api = await openHttpApi();
    await put('/api/2/things/x:car');
    api.live.hub.subscribe({
      name: 'device',
      subjects: DEVICE,
      wants: () => true,
      next: ({ envelope }) => {
        shown++;
        const answer = answerWith?.(envelope);
        answerWith = undefined;
        if (answer !== undefined) void say(answer);
      },
    });
  });
  afterAll(() => api.close());

  it('is handed on or refused by name, and is never a fault of Gemel', async () => {
    await fc.assert(
      fc.asyncProperty(envelopes, async (envelope) => {
        // Who asks for an answer that does not come is told so.
        await say(envelope).catch((error: unknown) => expect(error).toBeInstanceOf(GemelError));
        expect(api.ingest.counters().failed['internalerror']).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
    const { received, applied, failed } = api.ingest.counters();
    expect(applied + Object.values(failed).reduce((sum, n) => sum + n, 0)).toBe(received);
    expect(Math.min(applied, shown)).toBeGreaterThan(50);
  });

  it.each([
    ['post', '/api/2/things/x:car/inbox/messages/ask?timeout=40ms'],
    ['get', '/api/2/things/x:car/attributes/a?channel=live&timeout=40ms'],
  ] as const)('as an answer to %s %s gives an HTTP response, none of 500', async (verb, path) => {
    const answers = fc.record(
      { headers, value: values, status: statuses, isError: fc.boolean() },
      { requiredKeys: ['status', 'isError'] },
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(answers, async ({ isError, headers: own, ...answer }) => {
        answerWith = ({ topic, path: at, headers: asked }) => ({
          topic: isError ? 'x/car/things/live/errors' : topic,
          path: isError ? '/' : at,
          headers: { ...own, 'correlation-id': (asked as JsonObject)['correlation-id'] },
          ...answer,
        });
        const response = await request(api.url)[verb](path).auth('ditto', 'ditto').buffer(true).parse(asText);
        seen.add(response.status);
        const given = response.status !== 500 || answer.status === 500 || isError;
        expect([given, response.headers['set-cookie'], response.headers['b']]).toEqual([true, undefined, undefined]);
      }),
      { numRuns: 150 },
    );
    expect(seen.size).toBeGreaterThan(10);
    expect(api.ingest.counters().failed['internalerror']).toBeUndefined();
  });
});

/** @param response a stream, which the types do not say */
function asText(response: object, done: (error: Error | null, body: string) => void): void {
  if (!(response instanceof Readable)) throw new Error('the response is no stream');
  let text = '';
  response.on('data', (chunk: unknown) => (text += String(chunk)));
  response.on('end', () => done(null, text));
}
