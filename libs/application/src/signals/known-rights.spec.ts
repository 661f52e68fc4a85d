import { vi } from 'vitest';
import { parsePolicyId } from '@gemel/model/ids';
import { parseSubjectId } from '@gemel/model/policies';
import { KnownRights } from './known-rights.js';

const policy = parsePolicyId('x:policy');
const [alice, bob] = [parseSubjectId('test:alice'), parseSubjectId('test:bob')];

describe('what a request knows of rights', () => {
  it('is asked for once for each policy and caller', async () => {
    const known = new KnownRights();
    const ask = vi.fn(() => Promise.resolve(undefined));
    await Promise.all([known.of(policy, [alice], ask), known.of(policy, [alice], ask)]);
    await known.of(policy, [alice], ask);
    expect(ask).toHaveBeenCalledTimes(1);
    await known.of(policy, [bob], ask);
    await known.of(policy, [alice, bob], ask);
    await known.of(parsePolicyId('x:other'), [alice], ask);
    expect(ask).toHaveBeenCalledTimes(4);
  });

  it('is asked for again when it could not be learned, and harms nobody who did not wait for it', async () => {
    const known = new KnownRights();
    void known.of(policy, [alice], () => Promise.reject(new Error('away')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await known.of(policy, [alice], () => Promise.resolve(undefined))).toBeUndefined();
  });
});
