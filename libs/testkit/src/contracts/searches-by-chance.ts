import { parseCriteria } from '@gemel/model/rql';
import type { JsonPointer, JsonValue } from '@gemel/model/json';
import type { ThingState } from '@gemel/model/things';
import fc from 'fast-check';
import { thingChange } from './changes.js';
import { IN_ORDER, asc, desc, idsOf, readable, withoutSecret } from './search-questions.js';
import type { SearchQuestions } from './search-questions.js';

const property = fc.constantFrom(
  'attributes/x',
  'attributes/y',
  'attributes/x/z',
  'attributes/secret',
  '_revision',
  'thingId',
);
const sortProperty = fc.constantFrom(
  'attributes/x',
  'attributes/secret',
  '_revision',
  'thingId',
  '_modified',
  'policyId',
);
const literal = fc.constantFrom(
  'null',
  '-7',
  '0.5',
  '10',
  '""',
  '"1"',
  '"a"',
  '"ab"',
  '"\uffff"',
  'true',
  'false',
  '2',
);

/** Searches of any things by anything: held against each other. */
export function searchesByChance({ append, store, find, ids, count }: SearchQuestions): void {
  it('visits each match once, in order, page after page', async () => {
    const value = fc.oneof(fc.constantFrom(...IN_ORDER), fc.integer({ min: 0, max: 3 }));
    const attributes = fc.record({ x: value, y: value }, { requiredKeys: [] });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(attributes, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        async (contents, limit) => {
          run += 1;
          const namespaces = [`run${String(run)}`];
          const things = contents.map(
            (content, index) => [`${namespaces.join('')}:${String(index)}`, content] as const,
          );
          await store(Object.fromEntries(things));
          const criteria = parseCriteria('not(eq(attributes/y,0))');
          const expected = things.filter(([, { y }]) => y !== 0).map(([id]) => id);
          for (const sort of [[asc('attributes/x')], [desc('attributes/y'), asc('attributes/x')], [desc('thingId')]]) {
            const query = { criteria, namespaces, sort };
            const whole = await ids(query);
            expect(whole.toSorted()).toEqual(expected.toSorted());
            const visited: string[] = [];
            let after: readonly JsonValue[] | undefined;
            do {
              const page = await find({ ...query, limit, after });
              visited.push(...idsOf(page));
              after = page.at(-1)?.sortValues;
            } while (after !== undefined);
            expect(visited).toEqual(whole);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('finds the same, whatever helps it: equal to a look at everything', async () => {
    const scalar = fc.constantFrom<JsonValue>(
      null,
      -7,
      0.5,
      10,
      '',
      '1',
      'B',
      'a',
      'ab',
      'a\u{1F697}',
      '\uffff',
      false,
      true,
    );
    const value = fc.oneof(
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      fc.record({ z: scalar }),
      fc.constant([{ z: 1 }]),
    );
    const attributes = fc.record({ x: value, y: value, secret: value }, { requiredKeys: [] });
    const predicate = fc.oneof(
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), property, literal)
        .map(([op, path, text]) => `${op}(${path},${text})`),
      fc.tuple(property, literal, literal).map(([path, one, two]) => `in(${path},${one},${two})`),
      fc
        .tuple(fc.constantFrom('like', 'ilike'), property, fc.constantFrom('a*', '*b', 'A?', '*', '', 'a\u{1F697}*'))
        .map(([op, path, text]) => `${op}(${path},"${text}")`),
      fc.tuple(fc.constantFrom('exists', 'empty'), property).map(([op, path]) => `${op}(${path})`),
    );
    const operands = fc.array(predicate, { minLength: 1, maxLength: 3 });
    const filter = fc.oneof(
      predicate,
      fc.tuple(fc.constantFrom('and', 'or'), operands).map(([op, texts]) => `${op}(${texts.join(',')})`),
    );
    const sort = fc.array(
      fc.record({ direction: fc.constantFrom('asc' as const, 'desc' as const), property: sortProperty }),
      { maxLength: 2 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(attributes, { minLength: 1, maxLength: 12 }),
        fc.array(filter, { minLength: 3, maxLength: 3 }),
        sort,
        fc.boolean(),
        async (contents, filters, order, isPartial) => {
          run += 1;
          const namespace = `same${String(run)}`;
          const view = isPartial ? withoutSecret : readable;
          const seesWholly = (_: ThingState, path: JsonPointer) => !isPartial || path[1] !== 'secret';
          for (const revision of [1, 2]) {
            const changes = contents.flatMap((content, index) =>
              revision === 1 || index % 3 === 0
                ? [
                    thingChange(
                      `${namespace}:${String(index)}`,
                      revision,
                      revision === 1 ? content : (contents[index + 1] ?? {}),
                    ),
                  ]
                : [],
            );
            await append(changes);
            for (const text of filters) {
              const query = { namespaces: [namespace], view, seesWholly, sort: order };
              const expected = await ids({ ...query, criteria: parseCriteria(`not(not(${text}))`) });
              const found = await ids({ ...query, criteria: parseCriteria(text) });
              expect([text, order, found]).toEqual([text, order, expected]);
              expect(await ids({ ...query, criteria: parseCriteria(text), limit: 2, offset: 1 })).toEqual(
                expected.slice(1, 3),
              );
              expect(await count({ ...query, criteria: parseCriteria(text) })).toBe(expected.length);
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });
}
