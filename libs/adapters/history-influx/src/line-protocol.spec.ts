import fc from 'fast-check';
import { conflictingField, fieldValue, lineHead, unwritable } from './line-protocol.js';
import { storedField, storedName, storedTags } from './names.js';

const names = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc
    .array(fc.constantFrom(',', '=', ' ', '\\', '\n', '"', '#', 'a', 'ö'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join('')),
);

/** Reads a line as InfluxDB does: a backslash takes the next character along. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < text.length; index += 1) {
    const taken = text[index] === '\\' ? text.slice(index, index + 2) : (text[index] ?? '');
    if (taken === separator) {
      parts.push(part);
      part = '';
    } else part += taken;
    index += taken.length - 1;
  }
  return [...parts, part];
}

const unescaped = (text: string) => text.replace(/\\([,= ])/g, '$1');

describe('line protocol', () => {
  it('gives stored names back, whatever they were made of', () => {
    fc.assert(
      fc.property(names, fc.dictionary(names, names, { maxKeys: 4 }), names, (thingId, tags, field) => {
        const expected = new Map([...storedTags(tags), ['thingId', storedName(thingId)]]);
        const head = lineHead('m', expected, storedField(field));
        expect(head).not.toMatch(/[\n\r]/);
        const [key = '', fieldKey = '', ...more] = split(head, ' ');
        expect(more).toEqual([]);
        const [measurement, ...pairs] = split(key, ',');
        expect(measurement).toBe('m');
        expect(new Map(pairs.map((pair) => split(pair, '=').map(unescaped) as [string, string]))).toEqual(expected);
        expect(split(fieldKey, '=').map(unescaped)).toEqual([storedField(field), '']);
      }),
    );
  });

  it('keeps prefixes of names prefixes', () => {
    fc.assert(
      fc.property(names, names, (prefix, rest) => {
        expect(storedName(prefix + rest).startsWith(storedName(prefix))).toBe(true);
      }),
    );
  });

  it('leaves out tags that InfluxDB has no place for', () => {
    const tags = { originator: 'nginx:ditto', empty: '', time: '1', _field: 'x', thingId: 'a:b', '': 'x' };
    expect([...storedTags(tags)]).toEqual([['originator', 'nginx:ditto']]);
    expect([storedField('time'), storedField('')]).toEqual(['time\uFFFD', '\uFFFD']);
  });

  it.each([
    [1, '1'],
    [-0.5, '-0.5'],
    [1e300, '1e+300'],
    [true, 'true'],
    ['', '""'],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
    ['two\nlines', '"two\nlines"'],
  ])('writes %j as %s', (value, text) => {
    expect(fieldValue(value)).toBe(text);
  });

  it('knows what InfluxDB has no place for', () => {
    const point = { thingId: 'a:b', path: '/attributes/x', field: 'value_attributes_x', tags: {}, time: 1, value: 1 };
    const reason = (changed: object) =>
      unwritable({ ...point, ...changed } as unknown as Parameters<typeof unwritable>[0]);
    expect(reason({})).toBeUndefined();
    expect(reason({ value: 'ö'.repeat(524_288) })).toBeUndefined();
    expect(reason({ value: `${'ö'.repeat(524_288)}.` })).toContain('longer than');
    expect(reason({ value: Number.NaN })).toContain('not finite');
    expect(reason({ time: 1.5 })).toContain('microseconds');
    expect(reason({ field: 'x'.repeat(20_000) })).toContain('names');
  });

  it('reads the field of a conflict out of an answer', () => {
    const answer =
      'partial write: field type conflict: input field "say "hi"" on measurement "mqtt_consumer" is type string, ' +
      'already exists as type float dropped=1';
    expect(conflictingField(answer)).toBe('say "hi"');
    expect(conflictingField('unable to parse')).toBeUndefined();
  });
});
