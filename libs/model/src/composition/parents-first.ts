import type { ThingId } from '../ids/index.js';

/** Things so that each comes after its parents, as far as they are among them; those of a cycle come last. */
export function parentsFirst<Item>(
  items: ReadonlyMap<ThingId, Item>,
  parentsOf: (item: Item) => readonly ThingId[],
): readonly Item[] {
  const placed = new Set<ThingId>();
  const ordered: Item[] = [];
  let waiting = [...items];
  for (;;) {
    const ready = waiting.filter(([, item]) => parentsOf(item).every((id) => placed.has(id) || !items.has(id)));
    if (ready.length === 0) return [...ordered, ...waiting.map(([, item]) => item)];
    for (const [id, item] of ready) {
      placed.add(id);
      ordered.push(item);
    }
    waiting = waiting.filter(([id]) => !placed.has(id));
  }
}
