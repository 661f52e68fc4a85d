import { thingChange } from '@gemel/testkit/contracts';
import { KafkaCounts } from './counters.js';
import { Deliveries } from './delivery.js';
import { toMessages } from './event-codec.js';
import { ParsedMessages } from './parsed-messages.js';
import { EMPTY_BOOK, arrive, gather, settle } from './partition-book.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** Messages of three events each, at consecutive offsets. */
function arrivalOf(messages: number) {
  const made = Array.from({ length: messages }, (_, index) => {
    const events = [1, 2, 3].map((place) => ({
      position: 3 * index + place,
      event: thingChange('a:x', 3 * index + place).event,
    }));
    return { ...toMessages(events, { partitions: 1, bytes: 100_000 })[0], offset: String(index) };
  });
  const batch = {
    ...{ topic: 'events', partition: 0, highWatermark: '0', isEmpty: () => false },
    ...{
      firstOffset: () => '0',
      lastOffset: () => String(messages - 1),
      offsetLag: () => '0',
      offsetLagLow: () => '0',
    },
    messages: made.map(({ value, offset }) => ({
      ...{ value: value ?? null, key: null, headers: {}, timestamp: '0', attributes: 0, offset },
    })),
  };
  return new Deliveries(SILENT, new KafkaCounts(), new ParsedMessages()).read({ batch });
}

describe('Deliveries', () => {
  it('bring the events of a message one after the other', () => {
    expect(arrivalOf(2).events.map(({ recorded }) => recorded.position)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('let no message count as done before its last event', () => {
    let { book } = arrive(EMPTY_BOOK, arrivalOf(2));
    const done: (string | undefined)[] = [];
    for (let batch = gather(book, 1); batch !== undefined; batch = gather(book, 1)) {
      done.push(batch.parts[0]?.lastOffset);
      book = settle(book, batch);
    }
    expect(done).toEqual(['-1', '-1', '0', '0', '0', '1']);
  });
});
