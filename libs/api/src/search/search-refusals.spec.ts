import request from 'supertest';
import { SEARCH_PATH, searchedThings } from '@gemel/testkit/http-api';
import type { SearchQuery } from '@gemel/testkit/http-api';

const searched = searchedThings();
const { get } = searched;

const EXPRESSION = 'Write it like and(eq(attributes/location,"kitchen"),not(exists(features/lamp))).';
const OPTION = 'thing-search:search.option.invalid';

describe('Search: Refusals', () => {
  it.each<[string, SearchQuery, string, string, string?]>([
    [
      '',
      { filter: 'gt(' },
      'rql.expression.invalid',
      "Invalid input ')', expected ComparisonProperty or ',' (line 1, column 8):\nand(gt()\n       ^",
      EXPRESSION,
    ],
    [
      '/count',
      { filter: 'x' },
      'rql.expression.invalid',
      "Invalid input 'x', expected SingleComparisonOp, MultiComparisonOp, MultiLogicalOp, SingleLogicalOp, ExistsOp or EmptyOp (line 1, column 5):\nand(x)\n    ^",
      EXPRESSION,
    ],
    [
      '',
      { filter: 'eq(topic:action,"x")' },
      'rql.expression.invalid',
      "There is no property 'topic:action'.",
      EXPRESSION,
    ],
    [
      '',
      { filter: 'exists(_policy/entries)' },
      'rql.expression.invalid',
      "There is no property '_policy/entries'.",
      EXPRESSION,
    ],
    ['', { filter: 'exists(attributes)' }, 'rql.expression.invalid', "There is no property 'attributes'.", EXPRESSION],
    ['', { option: '' }, OPTION, "Invalid input ')', expected WhiteSpace or Options (line 1, column 1):\n)\n^"],
    [
      '',
      { option: 'sort(thingId)' },
      OPTION,
      "Invalid input 't', expected Asc or Desc (line 1, column 6):\nsort(thingId)\n     ^",
    ],
    ['', { option: 'size(201)' }, OPTION, "'size' is 201; 200 is the most."],
    ['', { option: 'size(0)' }, OPTION, "The option 'size' is a whole number above 0."],
    ['', { option: 'limit(0,201)' }, OPTION, "'limit' is 201; 200 is the most."],
    ['', { option: 'sort(+nope)' }, OPTION, "There is no property 'nope'."],
    // The options as text come before the filter, their values after it.
    ['', { filter: 'x', option: 'size(0)' }, OPTION, "The option 'size' is a whole number above 0."],
    [
      '',
      { filter: 'exists(y)', option: 'size(201)' },
      'rql.expression.invalid',
      "There is no property 'y'.",
      EXPRESSION,
    ],
  ])(
    'answers %s%j with %s',
    async (
      path,
      query,
      error,
      message,
      description = "Write options like sort(-attributes/counter,+thingId),size(25),cursor(…); in a URL '+' is '%2B'.",
    ) => {
      const { body } = await get(path, query).expect(400);
      expect(body).toEqual({ status: 400, error, message, description });
    },
  );

  it('checks fields before all else', async () => {
    const { body } = await get('', { fields: 'a(', filter: 'x', option: 'size(0)' }).expect(400);
    expect(body.error).toBe('json.fieldselector.invalid');
  });

  it('needs credentials', () => request(searched.url).get(SEARCH_PATH).expect(401));
});
