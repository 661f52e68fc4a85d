import { findCycle, kindOf, parentLinks, planInstances } from '@gemel/model/composition';
import type { Kind, SourceLink, SourceNode } from '@gemel/model/composition';
import { headerText } from '@gemel/model/headers';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { liveThing } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import type { Operation } from './scenario.js';
import type { Commit, SharedStore } from './shared-store.js';
import type { VirtualWorld } from './virtual-world.js';

/** Holds the composition together: no cycles, no parents that are gone, instances of the whole type. */
export class TreeInvariants {
  readonly #live = new Map<ThingId, Thing>();
  readonly #instantiations = new Map<string, Operation & { readonly kind: 'instantiate' }>();

  constructor(
    private readonly world: VirtualWorld,
    store: SharedStore,
    operations: readonly Operation[],
  ) {
    for (const operation of operations) {
      if (operation.kind === 'instantiate') this.#instantiations.set(operation.id, operation);
    }
    store.onCommit((commit) => this.#check(commit));
  }

  #check(commit: Commit): void {
    this.#checkInstances(commit);
    let changed = false;
    for (const change of commit.changes) {
      if (change.entity !== 'thing') continue;
      const thing = liveThing(change.state);
      const before = this.#live.get(change.event.id);
      if (thing === undefined) this.#live.delete(change.event.id);
      else this.#live.set(change.event.id, thing);
      changed ||= thing === undefined || before === undefined || links(before) !== links(thing);
    }
    if (changed) this.#checkLinks();
  }

  #checkLinks(): void {
    const edges = new Map([...this.#live].map(([id, thing]) => [id, parentIds(thing)]));
    for (const [id, parents] of edges) {
      for (const parent of parents) {
        const above = this.#live.get(parent);
        if (above === undefined) this.world.violate('no-orphans', `${id} has the parent ${parent}, which is gone`);
        else if (kindOf(above) !== kindOf(this.#live.get(id) ?? above))
          this.world.violate('no-mixed-kinds', `${id} has the parent ${parent}, which is of the other kind`);
      }
      const cycle = findCycle(edges, id);
      if (cycle === undefined) continue;
      this.world.violate('no-cycles', cycle.join(' → '));
      return;
    }
  }

  /** What is created is what the type describes in the moment of the commit. */
  #checkInstances(commit: Commit): void {
    const [first] = commit.events;
    const operation = first && this.#instantiations.get(headerText(first.event.headers, 'correlation-id') ?? '');
    if (operation === undefined) return;
    const created = commit.events.map(({ event }) => event.id).toSorted();
    const expected = this.#live.has(parseThingId(operation.type)) ? this.#plan(operation.type, operation.twin) : [];
    if (JSON.stringify(created) === JSON.stringify(expected)) return;
    this.world.violate(
      'trees-are-whole',
      `${operation.id} made ${created.join(' ')} of a type that describes ${expected.join(' ')}`,
    );
  }

  #plan(type: string, twin: string): readonly string[] {
    const rootId = parseThingId(type);
    const graph = new Map<ThingId, SourceNode>();
    for (const [id, thing] of this.#live) {
      if (kindOf(thing) === 'type') graph.set(id, { thing, children: this.#childrenOf(id, 'type') });
    }
    const request = { kind: 'type', rootId, targetId: parseThingId(twin), patch: {}, maxThings: 10_000 } as const;
    return planInstances(graph, request)
      .map(({ thingId }) => thingId)
      .toSorted();
  }

  #childrenOf(id: ThingId, kind: Kind): readonly SourceLink[] {
    return [...this.#live].flatMap(([childId, thing]) =>
      parentLinks(thing, kind)
        .filter(({ parentId }) => parentId === id && kindOf(thing) === kind)
        .map(({ count }) => ({ childId, count })),
    );
  }
}

function parentIds(thing: Thing): readonly ThingId[] {
  return parentLinks(thing, kindOf(thing)).map(({ parentId }) => parentId);
}

function links(thing: Thing): string {
  return [kindOf(thing), ...parentIds(thing)].join(' ');
}
