import { Budget, DEFAULT_BUDGET, planFlux } from '@gemel/model/flux';
import fc from 'fast-check';
import { fluxAny, fluxPrefix, fluxString, fluxTime } from './flux-literal.js';
import { storedName } from './names.js';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('"', '\\', '${', '}', '\n', '\r', '\0', '/', '(', 'a', ' or true'), { maxLength: 8 })
    .map((parts) => parts.join('')),
);

/** What Gemel's own reading of Flux finds. */
function scan(condition: string) {
  const text = `from(bucket: "b") |> range(start: 0) |> filter(fn: (r) => ${condition})`;
  const [pipeline] = planFlux(text, { now: 1, buckets: ['b'], budget: new Budget(DEFAULT_BUDGET) }).pipelines;
  return pipeline?.scan();
}

describe('Flux literals', () => {
  it('give every text back, and nothing else of the query changes', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(scan(`r.thingId == ${fluxString(text)}`)?.thingIds).toEqual(new Set([text]));
      }),
    );
  });

  it('keep what would end a string, or begin an expression in it, inside', () => {
    expect(fluxString('") |> drop() //')).toBe('"\\") |> drop() //"');
    expect(fluxString('${secret}\\')).toBe('"\\${secret}\\\\"');
    expect(fluxString('a\nb')).toBe('"a\\x0ab"');
  });

  it('match prefixes literally', () => {
    fc.assert(
      fc.property(texts.map(storedName), texts.map(storedName), (prefix, rest) => {
        const accepts = scan(`r.thingId =~ ${fluxPrefix(prefix)}`)?.accepts;
        expect(accepts?.(new Map([['thingId', prefix + rest]]))).toBe(true);
        expect(accepts?.(new Map([['thingId', rest]]))).toBe(rest.startsWith(prefix));
      }),
    );
  });

  it('join any number of conditions without nesting them deeply', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `a:${index}`);
    const text = fluxAny(names.map((name) => `r.thingId == ${fluxString(name)}`));
    expect(scan(text)?.thingIds).toEqual(new Set(names));
    let [depth, deepest] = [0, 0];
    for (const character of text) {
      depth += character === '(' ? 1 : character === ')' ? -1 : 0;
      deepest = Math.max(deepest, depth);
    }
    expect(deepest).toBeLessThan(12);
  });

  it('tell times to the microsecond, beyond what a double holds in nanoseconds', () => {
    expect(fluxTime(1_715_943_644_787_001)).toBe('time(v: 1715943644787001000)');
    expect(fluxTime(-1)).toBe('time(v: -1000)');
    expect(fluxTime(0.5)).toBe('time(v: 1000)');
    expect(fluxTime(Infinity)).toBe('time(v: 9007199254740991000)');
  });
});
