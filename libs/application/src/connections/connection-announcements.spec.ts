import { parseConnection } from '@gemel/model/connections';
import { PayloadMappers } from '../ingest/index.js';
import { PUBLISHED } from '../ports/index.js';
import type { OutboundMessage } from '../ports/index.js';
import { ConnectionAnnouncements } from './connection-announcements.js';

const target = (address: string, topic: string) => ({
  address,
  topics: [topic],
  qos: 1,
  authorizationContext: ['nginx:ditto'],
});

function open(publish: (message: OutboundMessage) => Promise<typeof PUBLISHED>) {
  const connection = parseConnection({
    id: 'cars',
    connectionType: 'mqtt',
    uri: 'tcp://broker',
    targets: [
      target('state/{{ connection:id }}', '_/_/connections/announcements'),
      target('state/{{ thing:id }}', '_/_/connections/announcements'),
      target('events', '_/_/things/twin/events'),
    ],
  });
  const warned: string[] = [];
  const ignore = () => undefined;
  const log = {
    error: ignore,
    info: ignore,
    debug: ignore,
    warn: (_fields: object, text: string) => warned.push(text),
  };
  const parts = { publisher: { publish }, mappers: PayloadMappers.builtIn, clock: { now: () => 0 }, log };
  return { announcements: new ConnectionAnnouncements(connection, parts), warned };
}

describe('announcements of a connection', () => {
  it('tell its targets when it opens and when it closes, once', async () => {
    const published: OutboundMessage[] = [];
    const { announcements } = open((message) => {
      published.push(message);
      return Promise.resolve(PUBLISHED);
    });
    await announcements.closed();
    await announcements.opened();
    await announcements.opened();
    await announcements.closed();
    await announcements.closed();
    expect(published.map(({ address, payload }) => [address, JSON.parse(String(payload)) as unknown])).toEqual([
      [
        'state/cars',
        expect.objectContaining({
          topic: '_/cars/connections/announcements/opened',
          path: '/',
          value: { openedAt: '1970-01-01T00:00:00Z' },
        }),
      ],
      [
        'state/cars',
        expect.objectContaining({
          topic: '_/cars/connections/announcements/closed',
          value: { closedAt: '1970-01-01T00:00:00Z' },
        }),
      ],
    ]);
  });

  it('are lost when the broker does not take them', async () => {
    const { announcements, warned } = open(() => Promise.reject(new Error('away')));
    await announcements.opened();
    expect(warned).toHaveLength(1);
  });
});
