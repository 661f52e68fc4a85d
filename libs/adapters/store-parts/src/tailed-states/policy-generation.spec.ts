import { parsePolicyId } from '@gemel/model/ids';
import { PolicyGeneration } from './policy-generation.js';

const policyId = parsePolicyId('a:p');

function open() {
  const at = { seenTo: 0, isLooked: true, looks: 0, revision: 1 };
  const tail = {
    get seenTo() {
      return at.seenTo;
    },
    isFresh: () => at.isLooked,
    catchUp: () => {
      at.looks += 1;
      return Promise.resolve();
    },
  };
  return { at, generation: new PolicyGeneration(tail, () => at.revision) };
}

describe('PolicyGeneration', () => {
  it('is known as soon as everything up to the positions that were taken has been seen', () => {
    const { at, generation } = open();
    generation.took({ upTo: 10, generation: 3 });
    expect(generation.ofMemory).toBeUndefined();
    at.seenTo = 9;
    expect(generation.ofMemory).toBeUndefined();
    at.seenTo = 10;
    expect(generation.ofMemory).toBe(3);
  });

  it('stays the one before while a change of a policy may be where nothing has been seen', () => {
    const { at, generation } = open();
    at.seenTo = 10;
    generation.took({ upTo: 10, generation: 3 });
    generation.took({ upTo: 14, generation: 4 });
    generation.took({ upTo: 20, generation: 5 });
    expect(generation.ofMemory).toBe(3);
    at.seenTo = 14;
    expect(generation.ofMemory).toBe(4);
    at.seenTo = 30;
    expect(generation.ofMemory).toBe(4);
    generation.took({ upTo: 25, generation: 5 });
    expect(generation.ofMemory).toBe(5);
  });

  it('is not told by a tail that has not been looked at lately', () => {
    const { at, generation } = open();
    generation.took({ upTo: 0, generation: 0 });
    at.isLooked = false;
    expect(generation.ofMemory).toBeUndefined();
    at.isLooked = true;
    expect(generation.ofMemory).toBe(0);
  });

  it('finds no premise wrong without a look when no policy was changed', async () => {
    const { at, generation } = open();
    at.revision = 2;
    expect(await generation.wrong([{ policyId, revision: 1, generation: 3 }], 3)).toEqual(new Set());
    expect(at.looks).toBe(0);
  });

  it('looks when a policy was changed, and finds those wrong whose own policy was, or is not known any more', async () => {
    const { at, generation } = open();
    const premise = { policyId, revision: 1, generation: 3 };
    expect(await generation.wrong([premise], 4)).toEqual(new Set());
    at.revision = 2;
    expect(await generation.wrong([premise], 4)).toEqual(new Set([premise]));
    at.revision = 0;
    expect(await generation.wrong([premise], 4)).toEqual(new Set([premise]));
    expect(at.looks).toBe(3);
  });
});
