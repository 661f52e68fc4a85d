import fc from 'fast-check';
import { nameOfPart, parseNameTemplate } from './name-template.js';
import { NameTemplateInvalid } from './refusals.js';

const fields = { name: 'wheel', index: 3, serial: 'A7' };

describe('a naming template', () => {
  it.each([
    ['{name}_{i}', 'wheel_3'],
    ['{serial}', 'A7'],
    ['no{i}{i}', 'no33'],
    ['left', 'left'],
    ['a:b {name}', 'a:b wheel'],
  ])('%s names a part %s', (text, name) => {
    expect(nameOfPart(parseNameTemplate(text), fields)).toBe(name);
  });

  it.each(['', '{', '}', '{}', '{x}', '{name', 'a/b', '{{name}}', 'x'.repeat(201)])('is not %j', (text) => {
    expect(() => parseNameTemplate(text)).toThrow(NameTemplateInvalid);
  });

  it('names nothing without the serial that it needs', () => {
    for (const serial of [undefined, ''])
      expect(nameOfPart(parseNameTemplate('s{serial}'), { ...fields, serial })).toBeUndefined();
  });

  it('keeps every text that has no field', () => {
    const text = fc.string({ minLength: 1, maxLength: 50 }).filter((each) => !/[{}/]/.test(each));
    fc.assert(fc.property(text, (each) => nameOfPart(parseNameTemplate(each), fields) === each));
  });
});
