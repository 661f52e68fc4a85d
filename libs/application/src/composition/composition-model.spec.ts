import fc from 'fast-check';
import { GemelError } from '@gemel/model/errors';
import { findCycle, kindOf, parentLinks } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { openComposition } from '@gemel/testkit/composition';
import type { OpenComposition } from '@gemel/testkit/composition';

const twins = ['t:a', 't:b', 't:c', 't:d', 't:a:x'].map(parseThingId);
const types = ['y:a', 'y:b', 'y:c', 'y:d'].map(parseThingId);
const body = { policyId: 'example:policy' };

type Step = (app: OpenComposition) => Promise<unknown>;

const twin = fc.constantFrom(...twins);
const type = fc.constantFrom(...types);
const link = (kind: 'types' | 'twins', id: fc.Arbitrary<ThingId>): fc.Arbitrary<Step> =>
  fc.tuple(id, id, fc.integer({ min: 1, max: 3 }), fc.boolean()).map(
    ([childId, parentId, count, creates]) =>
      (app) =>
        app[kind].link(
          childId,
          { parentId, count: kind === 'twins' ? 1 : count },
          creates ? body : undefined,
          app.owner,
        ),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  link('twins', twin),
  link('types', type),
  twin.map(
    (id): Step =>
      (app) =>
        app.twins.put(id, body, app.owner),
  ),
  type.map(
    (id): Step =>
      (app) =>
        app.types.patch(id, body, app.owner),
  ),
  twin.map(
    (id): Step =>
      (app) =>
        app.twins.delete(id, app.owner),
  ),
  type.map(
    (id): Step =>
      (app) =>
        app.types.delete(id, app.owner),
  ),
  twin.map(
    (id): Step =>
      (app) =>
        app.twins.unlinkParents(id, app.owner),
  ),
  type.map(
    (id): Step =>
      (app) =>
        app.types.unlinkChildren(id, app.owner),
  ),
  fc.tuple(type, type).map(
    ([child, parent]): Step =>
      (app) =>
        app.types.unlink(child, parent, app.owner),
  ),
  fc.tuple(type, twin).map(
    ([from, to]): Step =>
      (app) =>
        app.trees.instantiate(from, to, {}, app.owner),
  ),
  fc.tuple(twin, twin).map(
    ([from, to]): Step =>
      (app) =>
        app.trees.duplicate(from, to, {}, app.owner),
  ),
  twin.map(
    (id): Step =>
      (app) =>
        app.trees.delete(id, app.owner),
  ),
);

/** What must hold as long as nobody writes past the composition. */
function expectSound(app: OpenComposition): void {
  const edges = new Map<string, readonly string[]>();
  for (const id of app.ids()) {
    const thing = app.stored(id) ?? {};
    const kind = kindOf(thing);
    const parents = parentLinks(thing, kind).map((parent) => parent.parentId);
    for (const parentId of parents) expect([id, kindOf(app.stored(parentId) ?? { gone: true })]).toEqual([id, kind]);
    for (const parentId of parents) expect(app.stored(parentId)).toBeDefined();
    edges.set(id, parents);
  }
  for (const id of edges.keys()) expect(findCycle(edges, id)).toBeUndefined();
}

describe('composition under random operations', () => {
  it('has no cycle, no missing parent and no parent of the other kind, however many come at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), async (batches) => {
        const app = await openComposition();
        for (const id of twins.slice(0, 3)) await app.twins.put(id, body, app.owner);
        for (const id of types) await app.types.put(id, body, app.owner);
        for (const batch of batches) {
          for (const result of await Promise.allSettled(batch.map((run) => run(app)))) {
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(GemelError);
          }
          expectSound(app);
        }
      }),
      { numRuns: 200 },
    );
  });
});
