import { SearchOptionInvalid } from '@gemel/model/rql';
import fc from 'fast-check';
import { formatCursor, isSameOrder, parseCursor } from './cursor.js';
import type { Cursor } from './cursor.js';

const sortKey = fc.record({
  direction: fc.constantFrom('asc' as const, 'desc' as const),
  property: fc.constantFrom('thingId', 'attributes/a~1b', 'features/x/properties/y', '_modified', 'attributes/),("'),
});
const cursor: fc.Arbitrary<Cursor> = fc.array(sortKey, { maxLength: 3 }).chain((sort) =>
  fc.record({
    filter: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    namespaces: fc.option(fc.array(fc.string()), { nil: undefined }),
    sort: fc.constant(sort),
    after: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, true)), {
      minLength: sort.length + 1,
      maxLength: sort.length + 1,
    }),
  }),
);

const encode = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

describe('a cursor', () => {
  it('is read as it was written, and safe in a URL', () => {
    fc.assert(
      fc.property(cursor, (written) => {
        const text = formatCursor(written);
        expect(text).toMatch(/^[\w-]+$/);
        expect(parseCursor(text)).toEqual(written);
      }),
    );
  });

  it('that is none is refused, whatever it is', () => {
    const part = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, [], '', ['+thingId'], ['+nope'], ['x'], ['+thingId', 1]),
    );
    const junk = fc.oneof(fc.string(), fc.jsonValue().map(encode), fc.array(part, { maxLength: 5 }).map(encode));
    fc.assert(
      fc.property(junk, (text) => {
        try {
          expect(formatCursor(parseCursor(text))).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(SearchOptionInvalid);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('knows the same order in other words', () => {
    const asc = (property: string) => ({ direction: 'asc' as const, property });
    const desc = (property: string) => ({ direction: 'desc' as const, property });
    expect(isSameOrder([asc('_modified')], [asc('_modified'), asc('thingId')])).toBe(true);
    expect(isSameOrder([desc('thingId'), asc('_modified')], [desc('thingId')])).toBe(true);
    expect(isSameOrder([], [asc('thingId')])).toBe(true);
    expect(isSameOrder([], [desc('thingId')])).toBe(false);
    expect(isSameOrder([asc('_modified')], [desc('_modified')])).toBe(false);
    expect(isSameOrder([asc('_modified')], [])).toBe(false);
  });
});
