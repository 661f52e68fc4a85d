import { randomUUID } from 'node:crypto';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import { startCluster } from '../support/cluster.js';
import type { StartedCluster } from '../support/cluster.js';
import { EventSubscriber } from '../support/event-subscriber.js';
import { expectSoundDatabase } from '../support/fsck.js';
import { followThings } from '../support/sse.js';

const CLIENTS = 64;
const WRITES = 10;
const INCREMENTS = 2;

describe('64 clients that write one thing through two replicas', () => {
  const thingId = `race${randomUUID().slice(0, 8)}:thing`;
  const path = `/api/2/things/${thingId}`;
  const clients = Array.from({ length: CLIENTS }, (_, index) => index);
  let cluster: StartedCluster;
  let events: EventSubscriber;
  let turn = 0;
  const any = () => cluster.at('things', turn++ % 2);

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, apps: ['things', 'ingest'] });
    events = await EventSubscriber.open(
      process.env['MQTT_URL'] ?? '',
      `opentwins/twin/events/${thingId.replace(':', '/')}`,
    );
    expect((await call(any(), 'PUT', path, { attributes: { sum: 0 } })).status).toBe(201);
  });
  afterAll(async () => {
    await events.close();
    expect(Object.values(await cluster.stop())).toEqual([0, 0, 0, 0]);
    await expectSoundDatabase(process.env['MONGODB_URL'] ?? '', cluster.names.database);
  });

  async function revision(): Promise<number> {
    return ((await call(any(), 'GET', `${path}?fields=_revision`)).body as { _revision: number })._revision;
  }

  it('lose no update that they make under a condition', async () => {
    const before = await revision();
    const increment = async (): Promise<void> => {
      for (;;) {
        const { headers, body } = await call(any(), 'GET', path);
        const { attributes } = body as { readonly attributes: { readonly sum: number } };
        const condition = { 'if-match': headers.get('etag') ?? '' };
        const { status } = await call(any(), 'PATCH', path, { attributes: { sum: attributes.sum + 1 } }, condition);
        if (status < 300) return;
        expect(status).toBe(412);
      }
    };
    await Promise.all(
      clients.map(async () => {
        for (let made = 0; made < INCREMENTS; made++) await increment();
      }),
    );
    expect((await call(any(), 'GET', `${path}/attributes/sum`)).body).toBe(CLIENTS * INCREMENTS);
    expect(await revision()).toBe(before + CLIENTS * INCREMENTS);
  }, 300_000);

  it('get a revision each, which streams of both replicas and MQTT show in one order', async () => {
    const streams = await Promise.all(
      cluster.urls('things').map((http) => followThings(http, `ids=${thingId}&fields=attributes/last`)),
    );
    const before = await revision();
    await Promise.all(
      clients.map(async (client) => {
        for (let write = 0; write < WRITES; write++) {
          const { status } = await call(any(), 'PUT', `${path}/attributes/last`, JSON.stringify(`${client}/${write}`));
          expect(status).toBeLessThan(300);
        }
      }),
    );
    const after = await revision();
    expect(after).toBe(before + CLIENTS * WRITES);
    const [one, other] = await eventually(
      () => Promise.resolve(streams.map(({ data }) => data)),
      (all) => all.every(({ length }) => length >= CLIENTS * WRITES),
    );
    for (const stream of streams) stream.close();
    expect(one).toEqual(other);
    expect(new Set(one).size).toBe(CLIENTS * WRITES);
    for (const client of clients) {
      const own = one?.flatMap((text) => new RegExp(`"${client}/(\\d+)"`).exec(text)?.[1] ?? []);
      expect(own).toEqual(Array.from({ length: WRITES }, (_, write) => String(write)));
    }
    const revisions = await eventually(
      () => Promise.resolve(events.of(thingId).map((event) => event.revision)),
      (seen) => seen.at(-1) === after,
    );
    expect(revisions).toEqual(Array.from({ length: after }, (_, index) => index + 1));
  }, 300_000);
});
