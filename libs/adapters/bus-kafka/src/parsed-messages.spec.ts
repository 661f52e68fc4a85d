import type { RecordedEvent } from '@gemel/application/ports';
import { thingChange } from '@gemel/testkit/contracts';
import { toMessages } from './event-codec.js';
import { ParsedMessages } from './parsed-messages.js';

function message(revision: number, timestamp = '1') {
  const recorded = { position: revision, event: thingChange('a:x', revision).event };
  const [made] = toMessages([recorded], { partitions: 1, bytes: 1_000 });
  if (made === undefined) throw new Error('no message');
  return { ...made, offset: String(revision), timestamp };
}

describe('ParsedMessages', () => {
  it('parses a message once, and shows its events once', () => {
    const shown: RecordedEvent[] = [];
    const messages = new ParsedMessages((recorded) => shown.push(recorded));
    const first = messages.read(0, message(7));
    expect(first).toMatchObject([{ position: 7 }]);
    expect(messages.read(0, message(7))).toBe(first);
    expect(messages.read(1, message(7))).not.toBe(first);
    expect(shown.map(({ position }) => position)).toEqual([7, 7]);
  });

  it('does not take a message of another topic of the same name for the one before', () => {
    const messages = new ParsedMessages();
    const before = messages.read(0, message(7, '1'));
    expect(messages.read(0, message(7, '2'))).not.toBe(before);
  });

  it('reads what it does not remember any more', () => {
    const messages = new ParsedMessages();
    const first = messages.read(0, message(1));
    for (let revision = 2; revision <= 1_001; revision += 1) messages.read(0, message(revision));
    expect(messages.read(0, message(1))).toEqual(first);
  });

  it('knows no event where there is none', () => {
    const messages = new ParsedMessages();
    expect(messages.read(0, { ...message(1), value: Buffer.from('no json') })).toBeUndefined();
  });
});
