import type { InboundMessage } from '../ports/index.js';
import { Redeliveries } from './redeliveries.js';

const message = (text: string, headers: Record<string, string> = {}, address = 'in'): InboundMessage => ({
  address,
  payload: new TextEncoder().encode(text),
  subjects: [],
  headers,
});

describe('Redeliveries', () => {
  it('let a message come some times, and begin anew afterwards', () => {
    const redeliveries = new Redeliveries(3);
    expect([1, 2, 3, 4].map(() => redeliveries.mayComeAgain(message('a')))).toEqual([true, true, false, true]);
  });

  it('tell messages apart by address, correlation id and payload', () => {
    const redeliveries = new Redeliveries(2);
    const others = [message('a'), message('b'), message('a', { 'correlation-id': 'c' }), message('a', {}, 'there')];
    expect(others.map((each) => redeliveries.mayComeAgain(each))).toEqual([true, true, true, true]);
    expect(redeliveries.mayComeAgain(message('b'))).toBe(false);
  });

  it('forget what is settled', () => {
    const redeliveries = new Redeliveries(2);
    redeliveries.mayComeAgain(message('a'));
    redeliveries.settled(message('a'));
    expect(redeliveries.mayComeAgain(message('a'))).toBe(true);
  });

  it('remember a bounded number', () => {
    const redeliveries = new Redeliveries(2);
    for (let n = 0; n <= 1_000; n++) redeliveries.mayComeAgain(message(String(n)));
    expect([redeliveries.mayComeAgain(message('0')), redeliveries.mayComeAgain(message('1000'))]).toEqual([
      true,
      false,
    ]);
  });
});
