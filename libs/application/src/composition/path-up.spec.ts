import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import type { ThingState } from '@gemel/model/things';
import fc from 'fast-check';
import { edgesAbove, pathUp } from './path-up.js';

const id = (index: number): ThingId => parseThingId(`x:t${String(index)}`);

function type(index: number, parents: readonly number[]): ThingState {
  const _parents = Object.fromEntries(parents.map((parent) => [id(parent), 1]));
  const thing = { thingId: id(index), policyId: parsePolicyId('x:p'), attributes: { _isType: true, _parents } };
  return { thing, revision: 1, created: 0, modified: 0, deleted: false };
}

/** A store that counts how often it is asked; what is asked for at the same time is one question. */
function storeOf(graph: readonly (readonly number[])[]) {
  const store = { questions: 0, later: 0, asked: 0, isOpen: false };
  const states = new Map(graph.map((parents, index) => [id(index), type(index, parents)]));
  const thing = async (thingId: ThingId): Promise<ThingState | undefined> => {
    store.asked += 1;
    if (!store.isOpen) {
      store.isOpen = true;
      store.questions += 1;
      await Promise.resolve();
      store.isOpen = false;
    }
    return states.get(thingId);
  };
  const refresh = async (ids: readonly ThingId[]) => {
    store.questions += 1;
    return new Map(ids.flatMap((each) => [[each, states.get(each)] as const]).filter(isThere));
  };
  const seen = (ids: readonly ThingId[]) => {
    store.later += 1;
    return refresh(ids);
  };
  return {
    ...store,
    states: { thing },
    counts: store,
    recall: (thingId: ThingId) => states.get(thingId),
    refresh,
    seen,
  };
}

function isThere(entry: readonly [ThingId, ThingState | undefined]): entry is [ThingId, ThingState] {
  return entry[1] !== undefined;
}

const chain = Array.from({ length: 30 }, (_, index) => (index === 0 ? [] : [index - 1]));

describe('the links above a thing', () => {
  it('are one question to the store when memory knows them, and one for each level when it does not', async () => {
    const far = storeOf(chain);
    expect((await edgesAbove(far, 'type', [id(29)])).size).toBe(30);
    expect(far.counts.questions).toBe(30);
    const near = storeOf(chain);
    const edges = await edgesAbove({ states: near.states, memory: near }, 'type', [id(29)]);
    expect([edges.size, near.counts.questions]).toEqual([30, 1]);
  });

  it('of a memory that knows nothing are as the store was at the first question', async () => {
    const { states, refresh, seen, counts } = storeOf(chain);
    const memory = { recall: () => undefined, refresh, seen };
    expect((await edgesAbove({ states, memory }, 'type', [id(29)])).size).toBe(30);
    expect(counts).toMatchObject({ questions: 30, later: 29 });
  });

  it('are those of the store, whatever memory says', () => {
    const graph = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { minLength: 10, maxLength: 10 });
    return fc.assert(
      fc.asyncProperty(graph, graph, fc.nat(9), fc.nat(9), async (now, before, from, to) => {
        const { states, refresh, seen } = storeOf(now);
        const expected = await pathUp({ states }, 'type', id(from), id(to));
        const memory = { recall: storeOf(before).recall, refresh, seen };
        const found = await pathUp({ states, memory }, 'type', id(from), id(to));
        expect(found).toEqual(expected);
      }),
    );
  });
});
