import { parseConnection } from '@gemel/model/connections';
import { parseThingId } from '@gemel/model/ids';
import type { ThingEvent } from '@gemel/model/signals';
import { MessageNotTaken, PUBLISHED } from '../ports/index.js';
import type { OutboundMessage, PublishOutcome, RecordedEvent } from '../ports/index.js';
import { ConnectionMonitor } from './monitoring/index.js';
import { TargetReader } from './target-reader.js';

const silent = () => undefined;
const log = { error: silent, warn: silent, info: silent, debug: silent };
const connection = parseConnection({
  id: 'cars',
  connectionType: 'http-push',
  uri: 'http://server',
  targets: [{ address: 'POST:/', topics: ['_/_/things/twin/events'], authorizationContext: ['nginx:ditto'] }],
});

function event(revision: number): RecordedEvent {
  const id = parseThingId('example:car');
  return {
    position: revision,
    event: { entity: 'thing', id, action: 'modified', path: [], value: {}, revision, timestamp: 0, headers: {} },
  };
}

/** A reader of a target whose messages are the revisions of their events. */
function open(publish: (message: OutboundMessage) => Promise<PublishOutcome>) {
  const outcomes: PublishOutcome[] = [];
  const reader = new TargetReader('target:cars:0', {
    messages: {
      messages: ({ revision }: ThingEvent) =>
        Promise.resolve({
          messages: [{ address: 'POST:/', payload: String(revision), qos: 1 as const, headers: {} }],
          failures: [],
        }),
    },
    publisher: { publish, hasReceivers: () => true },
    lease: { name: 'connection:cars', token: 1, isHeld: () => true },
    log,
    acks: { answered: (_event: ThingEvent, outcome: PublishOutcome) => void outcomes.push(outcome), left: silent },
    positions: undefined,
    monitor: new ConnectionMonitor(connection, { now: () => 0 }),
    address: 'POST:/',
  });
  /** As a feed does: until it is read. */
  const tries = async (...events: readonly RecordedEvent[]): Promise<number> => {
    for (let count = 1; ; count++) {
      const isRead = await reader.handle(events).then(
        () => true,
        () => false,
      );
      if (isRead || count === 100) return count;
    }
  };
  return { reader, outcomes, tries };
}

describe('a reader of a target', () => {
  it('leaves out what the other side goes on declining, after some tries', async () => {
    const published: unknown[] = [];
    const { reader, outcomes, tries } = open(({ payload }) => {
      if (payload === '1') return Promise.reject(new MessageNotTaken({ status: 503 }, 'the server answers 503'));
      published.push(payload);
      return Promise.resolve(PUBLISHED);
    });
    expect(await tries(event(1), event(2))).toBe(8);
    expect(await reader.position()).toBe(2);
    expect(reader.counters()).toMatchObject({ refused: 1 });
    expect(outcomes[0]).toEqual({ status: 503 });
    expect(published.at(-1)).toBe('2');
  });

  it('waits for a server that cannot be reached for as long as that takes', async () => {
    const { reader, tries } = open(() => Promise.reject(new Error('the server is away')));
    expect(await tries(event(1))).toBe(100);
    expect([await reader.position(), reader.counters().refused]).toEqual([0, 0]);
  });
});
