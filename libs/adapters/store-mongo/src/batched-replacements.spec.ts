import { BatchedReplacements } from './batched-replacements.js';

interface Replacement {
  readonly name: string;
  readonly by: string;
}

function open(refusal?: Error) {
  const asked: string[][] = [];
  const replacements = new BatchedReplacements<Replacement>({
    nameOf: ({ name }) => name,
    replaceAll: (all) => {
      asked.push(all.map(({ name, by }) => name + by));
      return refusal === undefined ? Promise.resolve(all.map(({ by }) => by === '1')) : Promise.reject(refusal);
    },
  });
  return { asked, replacements };
}

describe('BatchedReplacements', () => {
  it('make one question of what one turn asks for, and answer each', async () => {
    const { asked, replacements } = open();
    const all = [
      { name: 'a', by: '1' },
      { name: 'b', by: '2' },
      { name: 'c', by: '1' },
    ];
    expect(await Promise.all(all.map((each) => replacements.replace(each)))).toEqual([true, false, true]);
    expect(asked).toEqual([['a1', 'b2', 'c1']]);
    await replacements.replace({ name: 'a', by: '1' });
    expect(asked).toHaveLength(2);
  });

  it('replace one record once a question', async () => {
    const { asked, replacements } = open();
    const all = ['1', '2', '1'].map((by) => replacements.replace({ name: 'a', by }));
    expect(await Promise.all([...all, replacements.replace({ name: 'b', by: '1' })])).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(asked).toEqual([['a1', 'b1'], ['a2'], ['a1']]);
  });

  it('refuse all of a question that cannot be answered', async () => {
    const { replacements } = open(new Error('away'));
    const all = ['a', 'b'].map((name) => replacements.replace({ name, by: '1' }));
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
