import { ARCHIVED_EVERY } from '@gemel/application/ports';
import type { PastMoment } from '@gemel/model/headers';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { decide, evolve } from '@gemel/model/things';
import type { ModifyingThingCommand, ThingState } from '@gemel/model/things';
import { policyChange, thingChange } from '@gemel/testkit/contracts';
import { MemoryStore } from '@gemel/testkit/memory';
import fc from 'fast-check';
import { PastStates } from './index.js';

const X = parseThingId('a:x');
const NOW = 1_000_000;

function setUp() {
  const store = new MemoryStore();
  const reads: number[] = [];
  const log = {
    history: async (...query: Parameters<MemoryStore['history']>) => {
      const found = await store.history(...query);
      reads.push(found.length);
      return found;
    },
  };
  const past = new PastStates({ log, archive: store.archive, clock: { now: () => NOW } });
  const find = async (moment: PastMoment) => past.thing(X, moment, (await store.thing(X))?.revision ?? 0);
  return { store, past, find, reads };
}

describe('PastStates', () => {
  it('finds each revision, and what was before an instant', async () => {
    const { store, find } = setUp();
    // Revision n is of second n.
    for (let revision = 1; revision <= 5; revision++) {
      await store.append([thingChange('a:x', revision, { n: revision })]);
    }
    for (let revision = 1; revision <= 5; revision++) {
      expect((await find({ revision }))?.state).toEqual(thingChange('a:x', revision, { n: revision }).state);
      expect((await find({ before: revision * 1_000 + 1 }))?.state.revision).toBe(revision);
    }
    expect((await find({ before: 3_000 }))?.state.revision).toBe(2);
    expect((await find({ before: NOW }))?.state.revision).toBe(5);
    expect((await find({ revision: 2, before: 5_000 }))?.state.revision).toBe(2);
    expect((await find({ revision: 4, before: 2_500 }))?.state.revision).toBe(2);
  });

  it.each<[PastMoment]>([
    [{ revision: 0 }],
    [{ revision: -1 }],
    [{ revision: 3 }],
    [{ revision: 1e19 }],
    [{ before: 1_000 }],
    [{ before: 0 }],
    [{ before: NOW + 1 }],
    [{ revision: 1, before: NOW + 1 }],
  ])('finds nothing at %j', async (moment) => {
    const { store, find } = setUp();
    await store.append([thingChange('a:x', 1), thingChange('a:x', 2)]);
    expect(await find(moment)).toBeUndefined();
  });

  it('tells the headers of the event that led there', async () => {
    const { store, find } = setUp();
    await store.append([thingChange('a:x', 1), thingChange('a:x', 2)]);
    expect((await find({ revision: 1 }))?.headers).toEqual({ 'correlation-id': 'a:x#1' });
  });

  it('reads few events, however many there are', async () => {
    const { store, find, reads } = setUp();
    const revisions = 10 * ARCHIVED_EVERY + 50;
    for (let revision = 1; revision <= revisions; revision++) {
      await store.append([thingChange('a:x', revision, { n: revision })]);
    }
    for (const revision of [1, 99, 100, 101, 555, 1_000, 1_049]) {
      reads.length = 0;
      const found = await find({ revision });
      expect(found?.state.thing.attributes).toEqual({ n: revision });
      expect(found?.headers).toEqual({ 'correlation-id': `a:x#${String(revision)}` });
      const at = await find({ before: revision * 1_000 + 1 });
      expect(at?.state.revision).toBe(NOW > revision * 1_000 ? revision : undefined);
      expect(reads.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(3 * ARCHIVED_EVERY);
    }
  });

  it('finds nothing when events on the way are missing', async () => {
    const { store } = setUp();
    await store.append([1, 2, 3].map((revision) => thingChange('a:x', revision)));
    const log = {
      history: async (...query: Parameters<MemoryStore['history']>) =>
        (await store.history(...query)).filter(({ event }) => event.revision !== 1),
    };
    const past = new PastStates({ log, archive: store.archive, clock: { now: () => NOW } });
    expect(await past.thing(X, { revision: 3 }, 3)).toBeUndefined();
    expect(await past.thing(X, { before: 4_000 }, 3)).toBeUndefined();
  });

  it('finds policies, too', async () => {
    const { store, past } = setUp();
    await store.append([policyChange('a:x', 1), policyChange('a:x', 2)]);
    const found = await past.policy(parsePolicyId('a:x'), { revision: 1 }, 2);
    expect(found?.state).toEqual(policyChange('a:x', 1).state);
  });

  it('rebuilds at every revision what the thing was then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand(), { minLength: 1, maxLength: 260 }), async (commands) => {
        const { store, find } = setUp();
        const answered: ThingState[] = [];
        for (const command of commands) {
          const state = answered.at(-1);
          const next = stateAfter(command, state);
          if (next === undefined) continue;
          await store.append([{ entity: 'thing', ...next }]);
          answered.push(next.state);
        }
        for (const state of answered) {
          expect((await find({ revision: state.revision }))?.state).toEqual(state);
          expect((await find({ before: state.modified + 1 }))?.state).toEqual(state);
        }
      }),
      { numRuns: 25 },
    );
  });
});

function stateAfter(command: ModifyingThingCommand, state: ThingState | undefined) {
  try {
    const { created: _created, ...decision } = decide(command, state, parsePolicyId('a:x'));
    const revision = (state?.revision ?? 0) + 1;
    const event = { entity: 'thing', id: X, revision, timestamp: revision * 10, headers: {}, ...decision } as const;
    const described = revision % 3 === 0 ? { ...event, metadata: { at: revision } } : event;
    return { event: described, state: evolve(state, described) };
  } catch {
    // A command that does not fit the thing as it is changes nothing.
    return undefined;
  }
}

/** Commands on few paths, so that many of them meet. */
function anyCommand(): fc.Arbitrary<ModifyingThingCommand> {
  const key = fc.constantFrom('a', 'b', '__proto__');
  const path = fc.oneof(
    fc.constant<string[]>([]),
    fc.constant(['attributes']),
    fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => ['attributes', ...keys]),
    fc.array(key, { maxLength: 2 }).map((keys) => ['features', 'lamp', 'properties', ...keys]),
    fc.constant(['features', 'lamp']),
    fc.constant(['definition']),
  );
  const leaf = fc.oneof(fc.integer(), fc.constant(null), fc.constant('x:y:1'));
  const value = fc.oneof(leaf, fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf))));
  const whole = fc.record({
    attributes: fc.dictionary(key, leaf),
    features: fc.constant({ lamp: { properties: {} } }),
  });
  return fc
    .tuple(fc.constantFrom('modify', 'merge', 'delete' as const), path, value, whole)
    .map(([kind, at, part, all]) =>
      kind === 'delete'
        ? { kind, thingId: X, path: at }
        : { kind, thingId: X, path: at, value: at.length === 0 ? all : part },
    );
}
