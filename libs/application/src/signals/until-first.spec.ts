import { RevisionConflict } from '../ports/index.js';
import { untilFirst } from './until-first.js';

describe('A change that others may be quicker than', () => {
  it('is decided again until it is the first', async () => {
    let attempts = 0;
    const change = () => (++attempts < 20 ? Promise.reject(new RevisionConflict('x:y')) : Promise.resolve('done'));
    await expect(untilFirst(change)).resolves.toBe('done');
    expect(attempts).toBe(20);
  });

  it('gives up when it never is', async () => {
    let attempts = 0;
    const change = () => {
      attempts++;
      return Promise.reject(new RevisionConflict('x:y'));
    };
    await expect(untilFirst(change)).rejects.toThrow(RevisionConflict);
    expect(attempts).toBe(20);
  });

  it('is not decided again after any other fault', async () => {
    let attempts = 0;
    const change = () => {
      attempts++;
      return Promise.reject(new Error('the disk is full'));
    };
    await expect(untilFirst(change)).rejects.toThrow('the disk is full');
    expect(attempts).toBe(1);
  });
});
