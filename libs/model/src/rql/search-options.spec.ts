import { SearchOptionInvalid } from './errors.js';
import { parseSearchOptions } from './search-options.js';

describe('search options', () => {
  it.each([
    [undefined, { sort: [], size: 25 }],
    ['', { sort: [], size: 25 }],
    ['size(200)', { sort: [], size: 200 }],
    ['size(12),cursor(AbC_-9)', { sort: [], size: 12, cursor: 'AbC_-9' }],
    ['limit(10,5)', { sort: [], size: 25, limit: { offset: 10, count: 5 } }],
    [
      'sort(-/attributes/a~1b,+thingId, _modified)',
      {
        sort: [
          { direction: 'desc', property: 'attributes/a~1b' },
          { direction: 'asc', property: 'thingId' },
          { direction: 'asc', property: '_modified' },
        ],
        size: 25,
      },
    ],
    ['size(1),size(2)', { sort: [], size: 2 }],
  ])('reads %s', (text, options) => expect(parseSearchOptions(text)).toEqual(options));

  it.each([
    ['size(0)', 5],
    ['size(201)', 5],
    ['size(1.5)', 6],
    ['size(-1)', 5],
    ['size()', 5],
    ['size', 0],
    ['toString(1)', 0],
    ['sort()', 5],
    ['sort(thingId)', 5],
    ['sort(+attribute/x)', 6],
    ['sort(+features/*/properties/x)', 6],
    ['limit(0,201)', 8],
    ['limit(-1,5)', 6],
    ['limit(1)', 7],
    ['cursor()', 7],
    ['cursor(a),limit(0,5)', 0],
    ['size(5),', 8],
    ['size(5)size(6)', 7],
    [`cursor(${'x'.repeat(30_000)})`, 20_000],
  ])('refuses %s', (text, position) => {
    expect(() => parseSearchOptions(text)).toThrow(SearchOptionInvalid);
    expect(() => parseSearchOptions(text)).toThrow(`at position ${position}: `);
  });
});
