import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import type { FullRow } from '../support/connection-fault-table.js';
import { artemisFullQueue } from '../support/full/artemis-full-queue.js';
import type { FullQueue, OpenFullQueue } from '../support/full/full-queue.js';
import { httpFullServer } from '../support/full/http-full-server.js';
import { kafkaNarrowTopic } from '../support/full/kafka-narrow-topic.js';
import { rabbitmqFullQueue } from '../support/full/rabbitmq-full-queue.js';
import { Operated } from '../support/operated.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const PATIENCE_MS = 30_000;
/** With this much in each, some messages fill what takes 20 kB. */
const PADDING = 'x'.repeat(2_000);
/** Artemis gives a sender leave for 1,000 messages at a time, and does not take it back. */
const CREDIT = 1_000;

/** The broker, what is full, what opens it, and how many events there are for it. */
const FULL: readonly (readonly [string, string, OpenFullQueue, number])[] = [
  ['AMQP 0.9.1', 'a queue with `x-max-length` and `x-overflow: reject-publish`', rabbitmqFullQueue, 30],
  ['AMQP 1.0', 'an address with the policy FAIL', artemisFullQueue('fail'), 30],
  ['AMQP 1.0', 'an address with the policy BLOCK', artemisFullQueue('block'), CREDIT + 30],
  ['HTTP', 'the server says 503', httpFullServer(503), 30],
  ['HTTP', 'the server says 429', httpFullServer(429), 30],
  ['HTTP', 'the server says 502', httpFullServer(502), 30],
];
const NARROW = 'a topic whose `max.message.bytes` some events exceed';

const table = new ConnectionFaultTable<FullRow>('full');

let solo: Solo;
let gemel: Operated;
let name = '';
let id = '';
let close: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
});

beforeEach(() => {
  name = `f${randomUUID().slice(0, 8)}`;
});

afterEach(async () => {
  await gemel.delete(id);
  await close();
});

afterAll(async () => {
  table.finish();
  expect(await solo.stop()).toBe(0);
});

const valueOf = (message: string): number =>
  (JSON.parse(message) as { value: { attributes: { n: number } } }).value.attributes.n;

async function openTarget({ connection, address }: Pick<FullQueue, 'connection' | 'address'>): Promise<void> {
  const topics = [`_/_/things/twin/events?namespaces=${name}`];
  id = await gemel.create({
    ...connection,
    targets: [{ address, topics, qos: 1, authorizationContext: ['nginx:ditto'] }],
  });
  await gemel.statusIs(id, 'open');
}

const change = (n: number, padding: string) =>
  gemel.call('PUT', `/api/2/things/${name}:car`, { attributes: { n, padding } });

/** Of events that count from 0. */
function verdictOf(
  events: number,
  values: readonly number[],
): Pick<FullRow, 'events' | 'taken' | 'outOfOrder' | 'doubled'> {
  const distinct = [...new Set(values)];
  const outOfOrder = distinct.filter((value, index) => index > 0 && value < (distinct[index - 1] ?? 0)).length;
  return { events, taken: distinct.length, outOfOrder, doubled: values.length - distinct.length };
}

describe.each(FULL)('a target at %s where there is no room: %s', (broker, fault, open, changes) => {
  it('waits for room, says so, and brings all then, in order', async () => {
    const queue = await open(name);
    ({ close } = queue);
    const { complaint, taken } = queue;
    await openTarget(queue);
    for (let n = 0; n < changes; n++) await change(n, PADDING);
    const { targetStatus } = await eventually(
      () => gemel.status(id),
      (status) => complaint.test(status.targetStatus[0]?.statusDetails ?? ''),
      PATIENCE_MS,
    );
    expect(targetStatus[0]?.statusDetails).toMatch(/^waits/);
    const begun = performance.now();
    await queue.makeRoom();
    await eventually(
      () => Promise.resolve(taken.map(valueOf)),
      (values) => values.includes(changes - 1),
      PATIENCE_MS,
    );
    const after = (performance.now() - begun) / 1_000;
    const verdict = verdictOf(changes, taken.map(valueOf));
    table.add({ broker, fault, ...verdict, leftOut: 0, lost: changes - verdict.taken, after });
    const values = [...new Set(taken.map(valueOf))];
    expect(values).toEqual(Array.from({ length: changes }, (_, n) => n));
    const isWell = ({ targetStatus: [target] }: Awaited<ReturnType<Operated['status']>>) =>
      target?.status === 'open' && !target.statusDetails.startsWith('waits');
    await eventually(() => gemel.status(id), isWell, PATIENCE_MS);
  });
});

describe('a target at Kafka that takes no large messages', () => {
  it('leaves out what is too large, says so, and brings all the rest, in order', async () => {
    const topic = await kafkaNarrowTopic(name);
    ({ close } = topic);
    await openTarget(topic);
    for (let n = 0; n < 30; n++) await change(n, n % 10 === 5 ? PADDING.repeat(2) : '');
    const expected = Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 10 !== 5);
    await eventually(
      () => Promise.resolve(topic.taken.map(valueOf)),
      (values) => values.includes(29),
      PATIENCE_MS,
    );
    expect(topic.taken.map(valueOf)).toEqual(expected);
    expect(await gemel.count(id, topic.address, 'published')).toBe(expected.length);
    const leftOut = await gemel.count(id, topic.address, 'published', 'failure');
    expect(leftOut).toBe(3);
    const verdict = verdictOf(30, topic.taken.map(valueOf));
    table.add({ broker: 'Kafka', fault: NARROW, ...verdict, leftOut, lost: 30 - verdict.taken - leftOut });
    const messages = (await gemel.logs(id)).map(({ message }) => message);
    expect(messages.join()).toMatch(/too large for Kafka/);
  });
});
