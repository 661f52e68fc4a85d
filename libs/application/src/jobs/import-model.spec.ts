import { StoreUnavailable } from '@gemel/application/ports';
import type { RecordStore } from '@gemel/application/ports';
import type { ThingService } from '@gemel/application/things';
import { openComposition } from '@gemel/testkit/composition';
import { MemoryRecords } from '@gemel/testkit/memory';
import fc from 'fast-check';

/** What becomes of a call to the store: it works, or its answer is lost with or without its effect. */
type Fate = 'works' | 'fails' | 'is lost';

/** Calls of the methods that write have the next fate each; they work when there are no more. */
function ill<Port extends object>(port: Port, writes: readonly (keyof Port & string)[], fates: Fate[]): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      if (!writes.some((write) => write === name)) return method.bind(target) as unknown;
      return async (...args: readonly unknown[]) => {
        const fate = fates.shift() ?? 'works';
        if (fate === 'fails') throw new StoreUnavailable('away');
        const answer = (await method.apply(target, args)) as unknown;
        if (fate === 'is lost') throw new StoreUnavailable('away');
        return answer;
      };
    },
  });
}

interface Plant {
  /** By index: that of the parent, a lower one. */
  readonly parents: readonly (number | undefined)[];
  /** In which order the lines come. */
  readonly order: readonly number[];
  /** Twins whose parent is nowhere. */
  readonly lost: ReadonlySet<number>;
}

const MAX_TWINS = 30;
const plants: fc.Arbitrary<Plant> = fc.integer({ min: 1, max: MAX_TWINS }).chain((count) =>
  fc.record({
    parents: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        index === 0 ? fc.constant(undefined) : fc.option(fc.nat(index - 1), { nil: undefined }),
      ),
    ),
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, index) => index),
      { minLength: count, maxLength: count },
    ),
    lost: fc.uniqueArray(fc.nat(count - 1), { maxLength: 2 }).map((indices) => new Set(indices)),
  }),
);
const fates = fc.array(fc.constantFrom<Fate>('works', 'works', 'works', 'fails', 'is lost'), { maxLength: 60 });

const idOf = (index: number): string => `plant:t${String(index)}`;

function lineOf({ parents, lost }: Plant, index: number): string {
  const parent = parents[index];
  const _parents = lost.has(index) ? 'plant:nowhere' : parent === undefined ? undefined : idOf(parent);
  const thing = {
    thingId: idOf(index),
    policyId: 'example:policy',
    attributes: { index, ...(_parents && { _parents }) },
  };
  return `${JSON.stringify({ kind: 'twin', thing })}\n`;
}

/** A twin is imported when all above it are. */
function isImported({ parents, lost }: Plant, index: number): boolean {
  for (let at: number | undefined = index; at !== undefined; at = parents[at]) if (lost.has(at)) return false;
  return true;
}

/** Until it works, as a client or a process does that starts again. */
async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}

async function importPlant(plant: Plant, recordFates: Fate[], commitFates: Fate[]) {
  const app = await openComposition();
  const memory = new MemoryRecords();
  const records: RecordStore = ill(memory, ['insertRecord', 'replaceRecord', 'removeRecords'], [...recordFates]);
  const things: ThingService = ill(app.things, ['executeAll'], [...commitFates]);
  const open = () => app.openJobs(records, { things });
  const { owner } = app;
  const job = await persist(() => open().imports.create({ mode: 'create', dryRun: false }, owner));
  const lines = plant.order.map((index) => lineOf(plant, index));
  await persist(async () => {
    const { imports } = open();
    const { state, lines: kept } = await imports.get(job.id, owner);
    if (state !== 'receiving') return;
    const pieces = async function* () {
      yield* lines.slice(kept);
    };
    await imports.take(job.id, { from: kept + 1, isAll: true }, pieces(), owner);
  });
  await persist(async () => {
    // A new process each time: nothing but the store knows how far the work was.
    while (await open().worker.next(() => true));
  });
  return { app, job: await open().imports.get(job.id, owner) };
}

describe('an import', () => {
  it('does each line once, whatever of its writes fails or is lost, and in whatever order lines come', () =>
    fc.assert(
      fc.asyncProperty(plants, fates, fates, async (plant, recordFates, commitFates) => {
        const { app, job } = await importPlant(plant, recordFates, commitFates);
        const good = plant.order.filter((index) => isImported(plant, index)).map(idOf);
        expect(app.ids()).toEqual(good.toSorted());
        const failed = plant.order.length - good.length;
        expect(job).toMatchObject({ state: 'done', lines: plant.order.length, errors: failed });
        expect(job.counts).toMatchObject({ created: good.length, failed });
        // One event each: nothing was made twice.
        expect(
          app
            .commits()
            .flat()
            .filter((id) => id.startsWith('plant:'))
            .toSorted(),
        ).toEqual(good.toSorted());
      }),
      { numRuns: 150 },
    ));
});
