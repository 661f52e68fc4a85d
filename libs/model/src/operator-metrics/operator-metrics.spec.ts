import fc from 'fast-check';
import { parseThingId, policyIdOf } from '../ids/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { ThingState } from '../things/index.js';
import { MetricTally, OperatorMetricsInvalid, parseOperatorMetrics } from './index.js';
import type { MetricSeries, OperatorMetric, TallyBounds } from './index.js';

function faultOf(value: JsonValue): string {
  try {
    parseOperatorMetrics(value);
    return '';
  } catch (error) {
    if (error instanceof OperatorMetricsInvalid) return error.message;
    throw error;
  }
}

function metric(described: JsonObject): OperatorMetric {
  const [only] = parseOperatorMetrics({ metric: described });
  if (only === undefined) throw new Error('it is not enabled');
  return only;
}

let count = 0;
function stateOf(content: JsonObject): ThingState {
  const thingId = parseThingId(`a:${count++}`);
  const thing = { thingId, policyId: policyIdOf(thingId), ...content };
  return { thing, revision: 2, created: 0, modified: 0, deleted: false };
}

function tallyOf(described: JsonObject, contents: readonly JsonObject[], bounds: TallyBounds = { maxSeries: 100 }) {
  const tally = new MetricTally(metric(described), bounds);
  for (const content of contents) tally.add(stateOf(content));
  return tally;
}

const inPlace = (place: JsonValue): JsonObject => ({ attributes: { place } });
const BY_PLACE = { groupBy: { place: 'attributes/place' }, tags: { place: '{{ group-by:place }}' } };

describe('definitions of operator metrics', () => {
  it("are read as Ditto's custom metrics", () => {
    const described = {
      'scrape-interval': '5m',
      namespaces: ['org.eclipse.ditto.smokedetectors'],
      filter: 'and(exists(attributes/production-date),not(exists(attributes/installation-date)))',
      tags: { company: 'acme-corp' },
      'index-hint': 'some_index',
    };
    expect(parseOperatorMetrics({ all_produced: described })).toMatchObject([
      {
        name: 'all_produced',
        filter: described.filter,
        criteria: { op: 'and' },
        namespaces: described.namespaces,
        intervalMs: 300_000,
      },
    ]);
  });

  it('count everything when they say nothing', () => {
    expect(metric({ filter: '', namespaces: [], tags: {}, groupBy: {} })).toEqual({
      name: 'metric',
      filter: undefined,
      criteria: undefined,
      namespaces: undefined,
      groupBy: new Map(),
      tags: new Map(),
      intervalMs: undefined,
    });
  });

  it('are left out, but checked, when they are not enabled', () => {
    expect(parseOperatorMetrics({ a: { enabled: false }, b: {} }).map(({ name }) => name)).toEqual(['b']);
    expect(faultOf({ a: { enabled: false, filter: 'eq(' } })).toContain("'a' has a wrong 'filter'");
  });

  it('get names that Prometheus takes', () => {
    expect(parseOperatorMetrics({ 'a-b.c': { tags: { 'hardcoded-tag': 1 } } })).toMatchObject([
      { name: 'a_b_c', tags: new Map([['hardcoded_tag', expect.anything()]]) },
    ]);
  });

  it.each<[fault: RegExp, value: JsonValue]>([
    [/^it must be a JSON object/, []],
    [/^'a' must be an object/, { a: 'eq(attributes/x,1)' }],
    [/^'9' is no name of a metric/, { 9: {} }],
    [/^'a b' is no name/, { 'a b': {} }],
    [/^'gemel_x' .*belongs to Gemel: it begins with gemel_/, { gemel_x: {} }],
    [/^'a-b' is there twice, as a_b/, { a_b: {}, 'a-b': {} }],
    [/^'a' has 'filters'; it may have enabled, filter, /, { a: { filters: {} } }],
    [/^'a' has '__proto__'/, JSON.parse('{"a":{"__proto__":1}}') as JsonValue],
    [/^'a' needs true or false for 'enabled'/, { a: { enabled: 'yes' } }],
    [/^'a' needs a text for 'filter'/, { a: { filter: 1 } }],
    [/^'a' has a wrong 'filter': [^]*column 21/, { a: { filter: 'and(eq(attributes/x,)' } }],
    [/^'a' has a wrong 'filter': There is no property 'topic:action'/, { a: { filter: 'eq(topic:action,1)' } }],
    [/^'a' needs an array of texts for 'namespaces'/, { a: { namespaces: 'org.example' } }],
    [/^'a' needs an array of texts for 'namespaces'/, { a: { namespaces: [1] } }],
    [/^'a' has a wrong 'namespaces': 'org.\*'/, { a: { namespaces: ['org.*'] } }],
    [/^'a' needs an object for 'tags'/, { a: { tags: ['x'] } }],
    [/^'a' has the tag '__name__'/, { a: { tags: { __name__: 'x' } } }],
    [/^'a' has the tag 'b-c' twice/, { a: { tags: { b_c: 1, 'b-c': 2 } } }],
    [/^'a' has a wrong 'tags\/x': it must be a text/, { a: { tags: { x: null } } }],
    [
      /^'a' has a wrong 'tags\/x': .*'group-by:y'.*'groupBy', which is empty/,
      { a: { tags: { x: '{{ group-by:y }}' } } },
    ],
    [/^'a' has a wrong 'tags\/x': .*'thing:id'/, { a: { tags: { x: '{{ thing:id }}' } } }],
    [/^'a' has a wrong 'tags\/x': .*instead of 'inline:'/, { a: { tags: { x: '{{ inline:health }}' } } }],
    [
      /^'a' has a wrong 'tags\/x': .*Only 'group-by:z'/,
      { a: { groupBy: { z: 'policyId' }, tags: { x: '{{group-by:y}}' } } },
    ],
    [/^'a' has a wrong 'tags\/x': .*fn:shout/, { a: { tags: { x: "{{ fn:shout('a') }}" } } }],
    [/^'a' cannot group by "attributes" \('x' of 'groupBy'\)/, { a: { groupBy: { x: 'attributes' } } }],
    [/^'a' cannot group by "features\/\*\/properties\/x"/, { a: { groupBy: { x: 'features/*/properties/x' } } }],
    [/^'a' cannot group by "time:now"/, { a: { groupBy: { x: 'time:now' } } }],
    [/^'a' cannot group by 7/, { a: { groupBy: { x: 7 } } }],
    [/^'a' has a wrong 'groupBy': /, { a: { groupBy: { x: 'attributes//y' } } }],
    [/^'a' needs a time from '1s' to '1d'/, { a: { scrapeInterval: '10ms' } }],
    [/^'a' needs a time/, { a: { scrapeInterval: '2d' } }],
    [/^'a' needs a text for 'scrapeInterval'/, { a: { scrapeInterval: 60 } }],
  ])('are refused with %s', (fault, value) => {
    expect(faultOf(value)).toMatch(fault);
  });
});

describe('Operator metrics', () => {
  it('count all together without groups, 0 as well', () => {
    expect(tallyOf({ tags: { company: 'acme', beta: true } }, []).series).toEqual([
      { labels: { company: 'acme', beta: 'true' }, value: 0 },
    ]);
    expect(tallyOf({}, [{}, {}]).series).toEqual([{ labels: {}, value: 2 }]);
  });

  it('count the things of each group, with functions and other tags', () => {
    const described = {
      groupBy: { place: 'attributes/Info/place', isGateway: '/attributes/Info/gateway' },
      tags: {
        kind: 'hardcoded',
        place: "{{ group-by:place | fn:default('missing') | fn:upper() }}",
        isGateway: 'gateway {{ group-by:isGateway }}',
      },
    };
    const info = (place?: string, gateway = false) => ({
      attributes: { Info: { ...(place === undefined ? {} : { place }), gateway } },
    });
    const { series } = tallyOf(described, [info('Berlin'), info(), info('Berlin'), info('Berlin', true)]);
    expect(series).toEqual([
      { labels: { kind: 'hardcoded', place: 'BERLIN', isGateway: 'gateway false' }, value: 2 },
      { labels: { kind: 'hardcoded', place: 'MISSING', isGateway: 'gateway false' }, value: 1 },
      { labels: { kind: 'hardcoded', place: 'BERLIN', isGateway: 'gateway true' }, value: 1 },
    ]);
  });

  it('leave out a tag without a value, null included', () => {
    expect(tallyOf(BY_PLACE, [inPlace(null), {}, inPlace('')]).series).toEqual([{ labels: {}, value: 3 }]);
  });

  it.each<[JsonValue, string]>([
    ['a', 'a'],
    [1.5, '1.5'],
    [false, 'false'],
    [['x', 1], '["x",1]'],
    [{ b: {} }, '{"b":{}}'],
    ['x'.repeat(300), 'x'.repeat(256)],
  ])('show the value %j as %s', (value, shown) => {
    expect(tallyOf(BY_PLACE, [inPlace(value)]).series).toEqual([{ labels: { place: shown }, value: 1 }]);
  });

  it('group by what is not content, too', () => {
    const groupBy = { ns: 'namespace', revision: '_revision' };
    const tags = { ns: '{{ group-by:ns }}', revision: '{{group-by:revision}}' };
    expect(tallyOf({ groupBy, tags }, [{}, {}]).series).toEqual([{ labels: { ns: 'a', revision: '2' }, value: 2 }]);
  });

  it('have no more series than they may, and keep those of before', () => {
    const before: readonly MetricSeries[] = [{ labels: { place: 'c' }, value: 1 }];
    const tally = tallyOf(BY_PLACE, ['a', 'b', 'c', 'a', 'b'].map(inPlace), { maxSeries: 2, before });
    expect(tally.series).toEqual([
      { labels: { place: 'a' }, value: 2 },
      { labels: { place: 'c' }, value: 1 },
    ]);
    expect(tally.leftOut).toBe(2);
  });

  it('count each thing once, whatever its values are', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 5 }), (values, maxSeries) => {
        const tally = tallyOf(
          BY_PLACE,
          values.map((value) => inPlace(value as JsonValue)),
          { maxSeries },
        );
        expect(tally.series.length).toBeLessThanOrEqual(maxSeries);
        expect(tally.leftOut + tally.series.reduce((sum, { value }) => sum + value, 0)).toBe(values.length);
      }),
    );
  });
});
