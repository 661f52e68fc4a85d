import { scryptHasher } from './scrypt-hasher.js';

const hasher = scryptHasher();

describe('scryptHasher', () => {
  it('knows a password again by its hash, which differs each time and does not hold it', async () => {
    const [one, other] = await Promise.all([hasher.hash('sécret'), hasher.hash('sécret')]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('sécret');
    expect(await hasher.verify('sécret', one)).toBe(true);
    expect(await hasher.verify('secret', one)).toBe(false);
  });

  it.each(['', 'x', 'scrypt:99:AA==:AA==', 'scrypt:14::', 'scrypt:-1:AA==:AA==', 'md5:14:AA==:AA=='])(
    'is wrong for the hash %j',
    async (hash) => {
      expect(await hasher.verify('', hash)).toBe(false);
    },
  );

  it('marks equal passwords alike, and in another process otherwise', () => {
    expect(hasher.mark('a')).toBe(hasher.mark('a'));
    expect(hasher.mark('a')).not.toBe(hasher.mark('b'));
    expect(scryptHasher().mark('a')).not.toBe(hasher.mark('a'));
  });
});
