import type { ThingTags } from '@gemel/model/history';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import type { ThingEvent } from '@gemel/model/signals';
import { evolve } from '@gemel/model/things';
import type { ThingState } from '@gemel/model/things';
import { MemoryStore } from '@gemel/testkit/memory';
import { PastStates } from '../past/index.js';
import { TagsOfThings } from './tags-of-things.js';

const id = parseThingId('example:wheel');
const PARENT = ['attributes', '_parents'];
const RUN = ['features', 'idSimulationRun', 'properties', 'value'];

/** What happens to the thing: the parent that it gets, or a measurement. */
type Step = { readonly parent: string } | { readonly run: string } | 'measure' | 'delete' | 'create';

function eventOf(step: Step, revision: number): ThingEvent {
  const base = { entity: 'thing', id, revision, timestamp: revision, headers: {} } as const;
  if (step === 'delete') return { ...base, action: 'deleted', path: [] };
  const set = (path: readonly string[], value: JsonValue): ThingEvent => ({ ...base, action: 'modified', path, value });
  if (step === 'measure') return set(['features', 'speed', 'properties', 'value'], revision);
  if (step === 'create') {
    return { ...base, action: 'created', path: [], value: { thingId: id, policyId: parsePolicyId('a:b') } };
  }
  return 'parent' in step ? set(PARENT, step.parent) : set(RUN, step.run);
}

async function written(steps: readonly Step[]) {
  const store = new MemoryStore();
  const states: ThingState[] = [];
  const events = steps.map((step, index) => eventOf(step, index + 1));
  for (const event of events) {
    const state = evolve(states.at(-1), event);
    states.push(state);
    await store.append([{ entity: 'thing', event, state }]);
  }
  return { store, events, states };
}

const EXPECTED: readonly (readonly [Step, ThingTags])[] = [
  ['create', {}],
  ['measure', {}],
  [{ parent: 'example:car' }, { parent: 'example:car' }],
  ['measure', { parent: 'example:car' }],
  [{ run: 'r1' }, { parent: 'example:car', idSimulationRun: 'r1' }],
  [{ parent: 'example:truck' }, { parent: 'example:truck', idSimulationRun: 'r1' }],
  ['measure', { parent: 'example:truck', idSimulationRun: 'r1' }],
  ['delete', {}],
  ['create', {}],
  ['measure', {}],
];
const STEPS = EXPECTED.map(([step]) => step);

describe('the tags of a thing after an event', () => {
  it.each(EXPECTED.map(([step, tags], index) => [index + 1, JSON.stringify(step), tags] as const))(
    'are those of the time of #%s, %s, for a reader that begins there, wherever the state is',
    async (revision, _step, tags) => {
      const { store, events, states } = await written(STEPS);
      const event = events[revision - 1];
      if (event === undefined) throw new Error('no such event');
      for (const state of [undefined, ...states]) {
        const reader = new TagsOfThings({ thing: () => Promise.resolve(state) }, store);
        expect(await reader.after(event)).toEqual(tags);
      }
    },
  );

  it('are the same when events are delivered again, to one that went on or that missed some', async () => {
    const { store, events } = await written(STEPS);
    const reader = new TagsOfThings(store, store);
    for (const order of [events, events.slice(3, 7), events.slice(1, 4), events.slice(6)]) {
      for (const event of order) expect(await reader.after(event)).toEqual(EXPECTED[event.revision - 1]?.[1]);
    }
  });

  it('come from far back in the log', async () => {
    const steps: readonly Step[] = [
      'create',
      { parent: 'example:car' },
      ...Array.from({ length: 500 }, () => 'measure' as const),
      { parent: 'example:truck' },
    ];
    const { store, events } = await written(steps);
    const event = events[501];
    if (event === undefined) throw new Error('no such event');
    expect(await new TagsOfThings(store, store).after(event)).toMatchObject({ parent: 'example:car' });
  });

  it('come from the state that was kept when the log has been thinned', async () => {
    const steps: readonly Step[] = [
      'create',
      { parent: 'example:car' },
      ...Array.from({ length: 300 }, () => 'measure' as const),
      { parent: 'example:truck' },
    ];
    const { store, events } = await written(steps);
    const log = {
      history: async (...[entity, thing, { from, to }]: Parameters<MemoryStore['history']>) =>
        store.history(entity, thing, { from: Math.max(from, 200), to }),
    };
    const past = new PastStates({ log, archive: store.archive, clock: { now: () => 1_000_000 } });
    const event = events[249];
    if (event === undefined) throw new Error('no such event');
    expect(await new TagsOfThings(store, log, past).after(event)).toEqual({ parent: 'example:car' });
  });

  it('are not read again for the next event', async () => {
    const { store, events } = await written(['create', { parent: 'example:car' }, 'measure']);
    let reads = 0;
    const thing = () => {
      reads += 1;
      return store.thing(id);
    };
    const reader = new TagsOfThings({ thing }, store);
    for (const event of events) await reader.after(event);
    expect(reads).toBe(1);
  });
});
