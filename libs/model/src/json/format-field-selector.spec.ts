import { formatFieldSelector, parseFieldSelector } from './index.js';

describe('formatFieldSelector', () => {
  it.each(['thingId', 'thingId,attributes(a,b)', 'features(*(properties(a~1b)))', '_context'])('prints %s', (text) => {
    expect(formatFieldSelector(parseFieldSelector(text))).toBe(text);
  });

  it('prints what reads as the same', () => {
    const selector = parseFieldSelector('attributes/a/b,attributes(c),features/*/x');
    expect(parseFieldSelector(formatFieldSelector(selector))).toEqual(selector);
  });
});
