import { compileCriteria, parseCriteria } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { parseThingId, policyIdOf } from '@gemel/model/ids';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { parseStoredThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import fc from 'fast-check';
import type { KeyFilter } from './search-keys.js';
import { partsOf } from './search-parts.js';
import { filterOf, searchPlanOf } from './search-plan.js';
import type { SearchPlan } from './search-plan.js';

function aThing(attributes: JsonObject, features: JsonObject = {}): Thing {
  const thingId = parseThingId('a:x');
  return parseStoredThing({ thingId, policyId: policyIdOf(thingId), attributes, features });
}

/** As MongoDB takes it. */
function fits(keys: readonly string[], filter: KeyFilter): boolean {
  if ('$and' in filter) return filter.$and.every((each) => fits(keys, each));
  if ('$or' in filter) return filter.$or.some((each) => fits(keys, each));
  const { keys: wanted } = filter;
  if (typeof wanted === 'string') return keys.includes(wanted);
  if ('$in' in wanted) return wanted.$in.some((key) => keys.includes(key));
  const { $gte, $lt } = wanted.$elemMatch;
  return keys.some(
    (key) =>
      Buffer.compare(Buffer.from(key), Buffer.from($gte)) >= 0 &&
      Buffer.compare(Buffer.from(key), Buffer.from($lt)) < 0,
  );
}

function isCandidate(thing: Thing, plan: SearchPlan | undefined): boolean {
  if (plan === undefined) return true;
  if ('all' in plan) return plan.all.every((each) => isCandidate(thing, each));
  if ('any' in plan) return plan.any.some((each) => isCandidate(thing, each));
  return [...keysByPart(thing).values()].some((keys) => fits(keys, filterOf(plan)));
}

const isFound = (attributes: JsonObject, rql: string) =>
  isCandidate(aThing(attributes), searchPlanOf(parseCriteria(rql)));

describe('search plans', () => {
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
      expect(searchPlanOf(parseCriteria(rql))).toBeUndefined();
    },
  );

  it('make a part with too many values a candidate for whatever is asked of it, and of it only', () => {
    const attributes = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`a${String(index)}`, index]));
    expect(keysByPart(aThing(attributes)).get('/attributes')).toHaveLength(1);
    const asked = ['eq(attributes/a7,7)', 'like(attributes/zz,"x*")', 'exists(features/f/properties)'];
    expect(asked.map((rql) => isFound(attributes, rql))).toEqual([true, true, false]);
  });

  it('ask for many values, and for parts with too much in them, by one list of keys', () => {
    const plan = searchPlanOf(parseCriteria('or(in(attributes/s,"a","b"),eq(attributes/n,1))'));
    if (plan === undefined || !('filter' in plan)) throw new Error('the criteria have no lookup');
    expect(filterOf(plan)).toEqual({
      keys: { $in: [expect.any(String), expect.any(String), expect.any(String), '\u0000/attributes'] },
    });
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
    const path = fc.array(name, { maxLength: 3 });
    const property = fc.oneof(
      path.map((rest) => ['attributes', ...rest]),
      fc.tuple(name, path).map(([id, rest]) => ['features', id, 'properties', ...rest]),
    );
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
    const features = fc.dictionary(name, fc.record({ properties: attributes }), { maxKeys: 3 });
    fc.assert(
      fc.property(attributes, features, criteria, (content, parts, wanted) => {
        const thing = aThing(content, parts);
        if (!compileCriteria(wanted, { now: 0 })(thing)) return;
        expect(isCandidate(thing, searchPlanOf(wanted))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

function keysByPart(thing: Thing): Map<string, readonly string[]> {
  return new Map([...partsOf(thing)].map(([part, keys]) => [part, keys()]));
}
