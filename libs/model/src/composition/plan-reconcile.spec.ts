import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import { parseNameTemplate } from './name-template.js';
import { compareWithLink } from './plan-reconcile.js';

const twinId = parseThingId('x:car');
const childId = parseThingId('t:wheel');
const ids = (...names: string[]) => names.map((name) => parseThingId(`x:car:${name}`));

const compare = (count: number, existing: readonly string[], template?: string) => {
  const link = { childId, count, ...(template === undefined ? {} : { template: parseNameTemplate(template) }) };
  const { missing, surplus } = compareWithLink({ twinId, link, existing: ids(...existing) });
  return { missing: missing.map(({ name }) => name), surplus: surplus.map((id) => id.slice('x:car:'.length)) };
};

describe('the difference between a link and what was made of it', () => {
  it.each([
    [2, [], undefined, ['wheel_1', 'wheel_2'], []],
    [1, [], undefined, ['wheel'], []],
    [3, ['wheel_2'], undefined, ['wheel_1', 'wheel_3'], []],
    [2, ['wheel'], undefined, ['wheel_2'], []],
    [1, ['wheel_1', 'wheel_2'], undefined, [], ['wheel_2']],
    [2, ['spare', 'wheel_1', 'wheel_10', 'wheel_2'], undefined, [], ['wheel_10', 'spare']],
    [2, ['n1'], 'n{i}', ['n2'], []],
    [2, ['A'], '{serial}', [undefined], []],
    [1, ['left'], 'left', [], []],
  ])('of %i and %j named %s is %j missing, %j too much', (count, existing, template, missing, surplus) => {
    expect(compare(count, existing, template)).toEqual({ missing, surplus });
  });

  it('makes the count, never by both adding and removing, and never under a name in use', () => {
    const names = fc.uniqueArray(
      fc.constantFrom('wheel', 'spare', ...Array.from({ length: 8 }, (_, n) => `wheel_${String(n)}`)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), names, (count, existing) => {
        const { missing, surplus } = compare(count, existing);
        expect(existing.length + missing.length - surplus.length).toBe(count);
        expect(Math.min(missing.length, surplus.length)).toBe(0);
        expect(existing).toEqual(expect.arrayContaining(surplus));
        expect(missing.filter((name) => name !== undefined && existing.includes(name))).toEqual([]);
      }),
    );
  });
});
