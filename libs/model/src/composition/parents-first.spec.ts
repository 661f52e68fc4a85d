import fc from 'fast-check';
import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { parentsFirst } from './parents-first.js';

const ids = ['x:a', 'x:b', 'x:c', 'x:d'].map(parseThingId);

it('parents come first, and nothing is lost, whatever the links', () => {
  const links = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 6 });
  fc.assert(
    fc.property(links, (pairs) => {
      const parents = new Map<ThingId, ThingId[]>(ids.map((id) => [id, []]));
      for (const [child, parent] of pairs) parents.get(child)?.push(parent);
      const order = parentsFirst(new Map(ids.map((id) => [id, id])), (id) => parents.get(id) ?? []);
      expect(order.toSorted()).toEqual(ids);
      const isCyclic = pairs.some(([child, parent]) => order.indexOf(parent) >= order.indexOf(child));
      const forward = pairs.filter(([child, parent]) => ids.indexOf(parent) < ids.indexOf(child));
      expect(isCyclic && forward.length === pairs.length).toBe(false);
    }),
  );
});
