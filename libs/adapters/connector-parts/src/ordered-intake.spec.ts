import { MessageUnacceptable } from '@gemel/application/ports';
import { turns } from '@gemel/testkit/contracts';

import { Load } from './load.js';
import { OrderedIntake } from './ordered-intake.js';

interface Item {
  readonly name: string;
  /** Which delivery of it this is. */
  readonly delivery: number;
}

let settle: Map<string, { resolve: () => void; reject: (error: Error) => void }>;
let handled: string[];
let confirmed: string[];
let givenBack: string[][];
let backDone: () => void;
let isEnding: boolean;
let load: Load;
let intake: OrderedIntake<Item>;

beforeEach(() => {
  settle = new Map();
  [handled, confirmed, givenBack] = [[], [], []];
  isEnding = false;
  load = new Load({ messagesInFlight: 3, bytesInFlight: 100 });
  intake = new OrderedIntake<Item>({
    handle: ({ name }) => {
      handled.push(name);
      return new Promise((resolve, reject) => settle.set(name, { resolve, reject }));
    },
    confirm: ({ name, delivery }, verdict) => {
      if (isEnding) throw new Error('the channel is closing');
      confirmed.push(`${name}${delivery} ${verdict}`);
    },
    giveBack: async (takeAll) => {
      await new Promise<void>((resolve) => (backDone = resolve));
      givenBack.push(takeAll().map(({ name }) => name));
    },
    keyOf: ({ name }) => name,
    bytesOf: () => 1,
    load,
  });
});

const take = (names: string, delivery = 1) => {
  for (const name of names) intake.take({ name, delivery }, delivery > 1);
};
const done = async (name: string) => {
  settle.get(name)?.resolve();
  await turns(2);
};
const failed = async (name: string, error = new Error('not now')) => {
  settle.get(name)?.reject(error);
  await turns(2);
};

describe('ordered intake', () => {
  it('handles side by side and confirms in the order of arrival', async () => {
    take('abc');
    expect(handled).toEqual(['a', 'b', 'c']);
    expect(load.isFull).toBe(true);
    await done('b');
    expect(confirmed).toEqual([]);
    await done('a');
    await done('c');
    expect(confirmed).toEqual(['a1 accepted', 'b1 accepted', 'c1 accepted']);
    expect(load.messages).toBe(0);
  });

  it('confirms in the next session what the ending one takes no word of', async () => {
    take('ab');
    isEnding = true;
    await done('a');
    await done('b');
    expect(confirmed).toEqual([]);
    expect(load.messages).toBe(0);

    intake.lost();
    isEnding = false;
    take('ab', 2);
    expect(handled).toEqual(['a', 'b']);
    expect(confirmed).toEqual(['a2 accepted', 'b2 accepted']);
  });

  it('tells what can never be applied', async () => {
    take('a');
    await failed('a', new MessageUnacceptable('it is no JSON'));
    expect(confirmed).toEqual(['a1 unacceptable']);
  });

  it('gives back what was rejected with all behind it, handled or not, once nothing is under way', async () => {
    take('abc');
    await failed('b');
    take('d');
    expect(handled).toEqual(['a', 'b', 'c']);
    await done('c');
    await done('a');
    expect(confirmed).toEqual(['a1 accepted']);
    // Still on its way when the other side was told to stop.
    take('e');
    backDone();
    await turns(2);
    expect(givenBack).toEqual([['b', 'c', 'd', 'e']]);
    take('bcde', 2);
    expect(handled).toEqual(['a', 'b', 'c', 'b', 'c', 'd', 'e']);
  });

  it('does not handle again what a new session brings while it is under way, or when it was only not confirmed', async () => {
    take('abc');
    await done('b');
    intake.lost();
    await done('c');
    take('abc', 2);
    expect(handled).toEqual(['a', 'b', 'c']);
    await done('a');
    expect(confirmed).toEqual(['a2 accepted', 'b2 accepted', 'c2 accepted']);
  });

  it('handles again what was rejected while there was no session', async () => {
    take('a');
    intake.lost();
    await failed('a');
    take('a', 2);
    expect(handled).toEqual(['a', 'a']);
  });

  it('handles what merely looks like it when the other side has not sent it before', async () => {
    take('a');
    intake.lost();
    take('a', 1);
    expect(handled).toEqual(['a', 'a']);
  });

  it('takes what a silent other side brings for what it looks like, until something unknown comes', () => {
    take('ab');
    intake.lost();
    for (const name of 'acb') intake.take({ name, delivery: 2 }, 'perhaps');
    expect(handled).toEqual(['a', 'b', 'c', 'b']);
  });

  it('leaves what comes while it closes', () => {
    intake.closing();
    take('a');
    expect(handled).toEqual([]);
  });
});
