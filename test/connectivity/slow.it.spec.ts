import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { BROKERS, protocolMessages } from '../support/brokers/index.js';
import type { Broker } from '../support/brokers/index.js';
import { ConnectionFaultTable } from '../support/connection-fault-table.js';
import type { SlowRow } from '../support/connection-fault-table.js';
import { Operated } from '../support/operated.js';
import { seenTrouble } from '../support/seen-trouble.js';
import { startSharedSolo } from '../support/solo.js';
import type { Solo } from '../support/solo.js';

const EVENTS = 200;
const PAUSE_MS = 20;
const PATIENCE_MS = 60_000;

let solo: Solo;
let gemel: Operated;
let broker: Broker | undefined;
let id = '';
const table = new ConnectionFaultTable<SlowRow>('slow');

beforeAll(async () => {
  solo = await startSharedSolo();
  gemel = new Operated({ urls: () => [solo.http], log: solo.log });
});

afterEach(async () => {
  await gemel.delete(id);
  await broker?.close();
  broker = undefined;
});

afterAll(async () => {
  table.finish();
  expect(await solo.stop()).toBe(0);
});

describe.each(Object.entries(BROKERS))('a target over %s whose consumer is slow', (name, { open }) => {
  it('publishes as fast as the other side takes, is well, and loses nothing', async () => {
    const namespace = `s${randomUUID().slice(0, 8)}`;
    broker = await open(namespace);
    const outbox = await broker.outbox('events', PAUSE_MS);
    const topics = [`_/_/things/twin/events?namespaces=${namespace}`];
    const address = outbox.address('{{ thing:name }}');
    id = await gemel.create({
      ...broker.connection,
      targets: [{ address, topics, qos: 1, authorizationContext: ['nginx:ditto'] }],
    });
    await gemel.statusIs(id, 'open');
    const began = Date.now();
    const seconds = () => (Date.now() - began) / 1_000;
    for (let n = 0; n < EVENTS; n++) await gemel.call('PUT', `/api/2/things/${namespace}:car`, { attributes: { n } });
    const seen = await seenTrouble(gemel, id, began);
    await eventually(
      () => gemel.count(id, address, 'published'),
      (count) => count >= EVENTS,
      PATIENCE_MS,
    );
    const published = seconds();
    const taken = () => protocolMessages(outbox.received).map(({ value }) => valueOf(value));
    await eventually(
      () => Promise.resolve(taken()),
      (values) => values.includes(EVENTS - 1),
      PATIENCE_MS,
    );
    const after = seconds();
    const firsts = [...new Set(taken())];
    const outOfOrder = firsts.filter((n, index) => n < (firsts[index - 1] ?? 0)).length;
    const verdict = { lost: EVENTS - firsts.length, outOfOrder, doubled: taken().length - firsts.length };
    const counted = await gemel.totals(id);
    table.add({
      ...{ broker: name, fault: 'slow consumer', events: EVENTS, taken: firsts.length },
      ...{ ...verdict, published, after, ...seen, counted },
    });
    expect(verdict).toEqual({ lost: 0, outOfOrder: 0, doubled: 0 });
    expect(seen).toMatchObject({ status: 'open', logs: '', processLogs: '' });
    expect(counted).toEqual({ consumed: 0, published: EVENTS, notPublished: 0 });
  });
});

function valueOf(value: unknown): number {
  return (value as { readonly attributes: { readonly n: number } }).attributes.n;
}
