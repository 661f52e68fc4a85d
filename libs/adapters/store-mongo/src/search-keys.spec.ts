import { compileCriteria, parseCriteria } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { parseThingId, policyIdOf } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseStoredThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import fc from 'fast-check';
import { keyFilterOf, searchKeysOf } from './search-keys.js';
import type { KeyFilter } from './search-keys.js';

function aThing(attributes: JsonObject): Thing {
  const thingId = parseThingId('a:x');
  return parseStoredThing({ thingId, policyId: policyIdOf(thingId), attributes });
}

/** As MongoDB takes it. */
function isCandidate(keys: readonly string[], filter: KeyFilter | undefined): boolean {
  if (filter === undefined) return true;
  if ('$and' in filter) return filter.$and.every((each) => isCandidate(keys, each));
  if ('$or' in filter) return filter.$or.some((each) => isCandidate(keys, each));
  const { keys: wanted } = filter;
  if (typeof wanted === 'string') return keys.includes(wanted);
  const { $gte, $lt } = wanted.$elemMatch;
  return keys.some(
    (key) =>
      Buffer.compare(Buffer.from(key), Buffer.from($gte)) >= 0 &&
      Buffer.compare(Buffer.from(key), Buffer.from($lt)) < 0,
  );
}

const isFound = (attributes: JsonObject, rql: string) =>
  isCandidate(searchKeysOf(aThing(attributes)), keyFilterOf(parseCriteria(rql)));

describe('search keys', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['eq(attributes/n,1)', { n: 1 }, { n: '1' }],
    ['eq(attributes/n,0)', { n: -0 }, { n: 1e-300 }],
    ['gt(attributes/n,-2)', { n: -1.5 }, { n: -3 }],
    ['lt(attributes/n,10)', { n: 9 }, { n: 11 }],
    ['in(attributes/s,"a","b")', { s: ['x', 'b'] }, { s: 'c' }],
    ['like(attributes/s,"abc*")', { s: 'abcd' }, { s: 'abd' }],
    ['exists(attributes/o/p)', { o: { p: {} } }, { o: {} }],
    ['eq(attributes/items/price,3)', { items: [{ price: 2 }, { price: 3 }] }, { items: [{ price: 2 }] }],
    ['and(eq(attributes/a,1),not(eq(attributes/b,2)))', { a: 1, b: 2 }, { a: 2 }],
    ['or(eq(attributes/a,1),eq(attributes/b,true))', { b: true }, { b: false }],
    ['ge(attributes/t,"2024-01-01")', { t: '2024-01-01T00:00:00Z' }, { t: '2023-12-31' }],
  ])('%s finds %j and passes over %j', (rql, found, passedOver) => {
    expect([isFound(found, rql), isFound(passedOver, rql)]).toEqual([true, false]);
  });

  it.each(['not(exists(attributes/a))', 'empty(attributes/a)', 'exists(features/*/properties/a)', 'gt(_revision,3)'])(
    'give no index for %s, which absence or other things decide',
    (rql) => {
      expect(keyFilterOf(parseCriteria(rql))).toBeUndefined();
    },
  );

  it('make a thing with too many values a candidate for everything', () => {
    const attributes = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`a${String(index)}`, index]));
    expect(searchKeysOf(aThing(attributes))).toHaveLength(1);
    expect([isFound(attributes, 'eq(attributes/a7,7)'), isFound(attributes, 'like(attributes/zz,"x*")')]).toEqual([
      true,
      true,
    ]);
  });

  it('never pass over a thing that matches', () => {
    const name = fc.constantFrom('a', 'b', 'a\u0001', 'ä');
    const text = fc.oneof(
      fc.constantFrom('', 'a', 'ab', 'b', 'ü', '\u{1F697}', 'x'.repeat(200)),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    const scalar = fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -3, max: 3 }),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const property = fc.array(name, { minLength: 1, maxLength: 3 }).map((path) => ['attributes', ...path]);
    const predicate: fc.Arbitrary<Criteria> = fc.oneof(
      fc.record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), property, value: scalar }),
      fc.record({ op: fc.constant('in'), property, values: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ op: fc.constantFrom('like', 'ilike'), property, pattern: text.map((literal) => `${literal}*`) }),
      fc.record({ op: fc.constantFrom('exists', 'empty'), property }),
    );
    const { criteria } = fc.letrec<{ criteria: Criteria }>((tie) => ({
      criteria: fc.oneof(
        { maxDepth: 2 },
        predicate,
        fc.record({
          op: fc.constantFrom('and', 'or'),
          operands: fc.array(tie('criteria'), { minLength: 1, maxLength: 3 }),
        }),
        fc.record({ op: fc.constant('not'), operand: tie('criteria') }),
      ),
    }));
    const attributes = fc.dictionary(name, value, { maxKeys: 4 });
    fc.assert(
      fc.property(attributes, criteria, (content, wanted) => {
        const thing = aThing(content);
        if (!compileCriteria(wanted, { now: 0 })(thing)) return;
        expect(isCandidate(searchKeysOf(thing), keyFilterOf(wanted))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
