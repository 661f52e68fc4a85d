import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { aesLock } from './secret-lock.js';

const newKey = () => randomBytes(32).toString('base64');

describe('aesLock', () => {
  it('gives back what it has locked, which nobody can read meanwhile', () => {
    const lock = aesLock({ current: newKey(), old: '' });
    fc.assert(
      fc.property(fc.string(), (text) => {
        const locked = lock.lock(text);
        expect(lock.unlock(locked)).toBe(text);
        expect(locked).not.toBe(lock.lock(text));
        expect(locked).toMatch(/^gemel-locked:1:[A-Za-z0-9+/=]+$/);
        expect(lock.isStale(locked)).toBe(false);
      }),
    );
  });

  it('leaves secrets as they are without a key', () => {
    const lock = aesLock({ current: '', old: '' });
    expect([lock.lock('hunter2'), lock.unlock('hunter2'), lock.isStale('hunter2')]).toEqual([
      'hunter2',
      'hunter2',
      false,
    ]);
  });

  it('reads what the old key has locked, and what nobody has, and tells both from its own', () => {
    const [first, second] = [newKey(), newKey()];
    const locked = aesLock({ current: first, old: '' }).lock('hunter2');
    const rotated = aesLock({ current: second, old: first });
    expect([rotated.unlock(locked), rotated.unlock('hunter2')]).toEqual(['hunter2', 'hunter2']);
    expect([rotated.isStale(locked), rotated.isStale('hunter2'), rotated.isStale(rotated.lock('x'))]).toEqual([
      ...[true, true, false],
    ]);
    const given = aesLock({ current: '', old: first });
    expect([given.unlock(locked), given.isStale(locked)]).toEqual(['hunter2', true]);
  });

  it('refuses what another key has locked, and what was changed', () => {
    const lock = aesLock({ current: newKey(), old: '' });
    const locked = lock.lock('hunter2');
    const other = aesLock({ current: newKey(), old: newKey() });
    for (const text of [locked, 'gemel-locked:1:', 'gemel-locked:1:AAAA']) {
      expect(() => other.unlock(text)).toThrow(/key that is not known/);
    }
    const middle = locked.length - 4;
    const changed = `${locked.slice(0, middle)}${locked[middle] === 'A' ? 'B' : 'A'}${locked.slice(middle + 1)}`;
    expect(() => lock.unlock(changed)).toThrow(/key that is not known/);
  });
});
