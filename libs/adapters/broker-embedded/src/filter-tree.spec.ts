import { matchesFilter } from '@gemel/model/connections';
import fc from 'fast-check';

import { FilterTree } from './filter-tree.js';

const level = fc.constantFrom('a', 'b', '', '$SYS');
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest ? ['#'] : [])].join('/'));

describe('FilterTree', () => {
  it('finds the same filters in a tree as one by one', () => {
    fc.assert(
      fc.property(fc.uniqueArray(filters), fc.array(filters), topics, (added, removed, topic) => {
        const tree = new FilterTree<string>();
        for (const filter of added) tree.add(filter, filter);
        for (const filter of removed) tree.remove(filter, filter);
        const expected = added.filter((filter) => !removed.includes(filter) && matchesFilter(filter, topic));
        expect([...tree.match(topic)].sort()).toEqual(expected.sort());
      }),
    );
  });
});
