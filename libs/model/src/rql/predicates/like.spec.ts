import { ilike } from './like.js';

describe('ilike', () => {
  it('ignores case', () => {
    const matches = ilike('ÄB?*')((root, test) => test(root));
    expect(matches('äBc')).toBe(true);
    expect(matches('äb')).toBe(false);
  });
});
