import fc from 'fast-check';

import { PartitionBook } from './partition-book.js';

const taken = (book: PartitionBook, ...offsets: readonly number[]) =>
  offsets.flatMap((offset) => book.take(offset) ?? []);

describe('partition book', () => {
  it('goes on behind what is handled with all before it', () => {
    const book = new PartitionBook();
    const [five, seven] = taken(book, 5, 7);
    expect(book.position).toBeUndefined();
    if (five === undefined || seven === undefined) throw new Error('not taken');
    book.settle(seven, 'handled');
    expect(book.position).toBeUndefined();
    book.settle(five, 'handled');
    expect(book.position).toBe(8);
  });

  it('takes nothing twice, whether it is under way or settled', () => {
    const book = new PartitionBook();
    const [one] = taken(book, 1, 2);
    if (one !== undefined) book.settle(one, 'handled');
    expect(taken(book, 1, 2)).toEqual([]);
    expect(taken(book, 3)).toHaveLength(1);
  });

  it('takes again, in order, from a rejected one on, once nothing is under way', () => {
    const book = new PartitionBook();
    const [one, two, three] = taken(book, 1, 2, 3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('not taken');
    expect(book.settle(two, 'rejected')).toBeUndefined();
    expect(taken(book, 4)).toEqual([]);
    expect(book.settle(three, 'handled')).toBeUndefined();
    expect(book.settle(one, 'handled')).toBe(2);
    expect(book.position).toBe(2);
    book.rewound();
    expect(taken(book, 2, 3, 4)).toHaveLength(3);
  });

  it('takes nothing from behind a rejected one before that is fetched again, which would then be taken for known', () => {
    const book = new PartitionBook();
    const [five] = taken(book, 5);
    if (five === undefined) throw new Error('not taken');
    expect(book.settle(five, 'rejected')).toBe(5);
    expect(taken(book, 6, 7)).toEqual([]);
    expect(book.rewinds).toBe(0);
    book.rewound();
    expect(book.rewinds).toBe(1);
    expect(taken(book, 5, 6, 7)).toHaveLength(3);
    expect(book.position).toBeUndefined();
  });

  it('never counts an offset as done before all up to it are handled', () => {
    const steps = fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (all) => {
        const book = new PartitionBook();
        const done = new Set<number>();
        let open: { readonly offset: number; readonly record: NonNullable<ReturnType<PartitionBook['take']>> }[] = [];
        let next = 0;
        for (const [pick, isHandled] of all) {
          const record = book.take(next);
          if (record !== undefined) open.push({ offset: next++, record });
          const chosen = open[pick % Math.max(open.length, 1)];
          if (chosen === undefined) continue;
          open = open.filter((each) => each !== chosen);
          if (isHandled) done.add(chosen.offset);
          const rewindTo = book.settle(chosen.record, isHandled ? 'handled' : 'rejected');
          if (rewindTo !== undefined) {
            // Still arrives of what was fetched before.
            expect(book.take(next)).toBeUndefined();
            book.rewound();
            next = rewindTo;
          }
          for (let offset = 0; offset < (book.position ?? 0); offset++) expect(done.has(offset)).toBe(true);
        }
      }),
    );
  });
});
