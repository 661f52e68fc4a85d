import { ThingIdInvalid, nameOf, parseThingId, policyIdOf } from '../ids/index.js';
import type { PolicyId, ThingId } from '../ids/index.js';
import { isJsonObject, member, mergePatch, valueAt, withMember, withoutMember } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { CreateThing } from '../things/index.js';
import { findCycle } from './cycle.js';
import type { Kind } from './kind.js';
import { nameOfPart } from './name-template.js';
import type { NameTemplate } from './name-template.js';
import type { Conflict, Plan } from './plan.js';
import {
  CompositionTooLarge,
  PartIdAmbiguous,
  PartIdInvalid,
  PartOfItself,
  PartUnknown,
  SerialMissing,
  SerialsTooMany,
} from './refusals.js';
import { copiedRelations } from './relations.js';
import { ownAttributes, withAttributes } from './restricted-attributes.js';
import { resetValues } from './reset-values.js';
import type { PartRequest, PolicyChoice, TwinRequest } from './twin-request.js';

/** A type or a twin that new twins are made of, with its links downward. */
export interface Source {
  readonly thing: JsonObject;
  readonly children: readonly LinkDown[];
  /** Of the type, when it is not as it is now. */
  readonly version?: string | undefined;
}

export interface LinkDown {
  readonly childId: ThingId;
  /** 1 for twins. */
  readonly count: number;
  readonly template?: NameTemplate | undefined;
  /** Of the child among those of the parent, as it is kept; parts have it, too. */
  readonly rank?: number | undefined;
}

/** What is reachable from the sources, by id. A link to what is not in it is ignored. */
export type Sources = ReadonlyMap<ThingId, Source>;

/** Where a new tree begins. */
export interface Seed extends Pick<TwinRequest, 'values' | 'children'> {
  readonly sourceId: ThingId;
  readonly thingId: ThingId;
  readonly parent?: ThingId | undefined;
  /** Among the children of the parent, as it is kept. */
  readonly rank?: number | undefined;
}

export interface TwinOptions extends Pick<TwinRequest, 'resetValues'> {
  /** What the sources are: instances of types name their `type`, copies of twins the twin as `copyOf`. */
  readonly kind: Kind;
  readonly policy: PolicyChoice;
  readonly maxThings: number;
}

/**
 * The new twins that the seeds become with all below them, parents first. Ids are `<parent's id>:<name>`; the name is
 * what the link says, or that of the source, with `_1`, `_2`, … when a link makes several.
 */
export function planTwins(sources: Sources, seeds: readonly Seed[], options: TwinOptions): Plan {
  const edges = new Map([...sources].map(([id, { children }]) => [id, children.map((link) => link.childId)]));
  for (const { sourceId, thingId } of seeds) {
    const cycle = findCycle(edges, sourceId);
    if (cycle !== undefined) return { steps: [], conflicts: [{ thingId, error: new PartOfItself(cycle) }] };
  }
  return new TwinPlanner(sources, options).plan(seeds);
}

/** The name that the part would have without any others; undefined when it needs a serial. */
export function partName(childId: ThingId, link: LinkDown, index: number, serial?: string): string | undefined {
  const name = nameOf(childId);
  if (link.template !== undefined) return nameOfPart(link.template, { name, index, serial });
  return link.count > 1 ? `${name}_${String(index)}` : name;
}

class TwinPlanner {
  readonly #conflicts: Conflict[] = [];
  readonly #taken = new Set<ThingId>();
  readonly #queue: Seed[] = [];
  readonly #policies = new Map<JsonValue, PolicyId>();

  constructor(
    private readonly sources: Sources,
    private readonly options: TwinOptions,
  ) {}

  plan(seeds: readonly Seed[]): Plan {
    for (const seed of seeds) this.#add(seed);
    // An array iterates over what is added meanwhile: it is the queue, too.
    for (const seed of this.#queue) {
      const source = this.sources.get(seed.sourceId);
      if (source === undefined || this.#addParts(seed, source)) continue;
      const error = new CompositionTooLarge(this.options.maxThings);
      return { steps: [], conflicts: [{ thingId: seed.thingId, error }] };
    }
    const copies = new Map(this.#queue.map(({ sourceId, thingId }) => [sourceId, thingId]));
    const commands = this.#queue.flatMap((seed): readonly CreateThing[] => {
      const source = this.sources.get(seed.sourceId);
      return source === undefined
        ? []
        : [{ kind: 'create', thingId: seed.thingId, value: this.#valueOf(source, seed, copies) }];
    });
    return { steps: commands.map((command) => ({ command })), conflicts: this.#conflicts };
  }

  /** False when there are too many. */
  #addParts(seed: Seed, { children }: Source): boolean {
    for (const id of seed.children.keys())
      if (!children.some((link) => link.childId === id)) this.#refuse(seed.thingId, new PartUnknown(id, seed.sourceId));
    for (const link of children) {
      if (!this.sources.has(link.childId)) continue;
      const part = seed.children.get(link.childId) ?? AS_LINKED;
      const count = part.count ?? Math.max(link.count, part.ids.length);
      const { length: serials } = part.serials;
      if (serials > count) this.#refuse(seed.thingId, new SerialsTooMany(link.childId, serials, count));
      if (this.#queue.length + count > this.options.maxThings) return false;
      for (let index = 1; index <= count; index++) this.#addPart(seed, { ...link, count }, part, index);
    }
    return true;
  }

  #addPart(seed: Seed, link: LinkDown, part: PartRequest, index: number): void {
    const thingId = part.ids[index - 1] ?? this.#idOf(seed, link, part, index);
    if (thingId === undefined) return;
    const { values, children } = part;
    this.#add({ sourceId: link.childId, thingId, parent: seed.thingId, rank: link.rank, values, children });
  }

  #add(seed: Seed): void {
    if (this.#taken.has(seed.thingId)) this.#refuse(seed.thingId, new PartIdAmbiguous(seed.thingId));
    this.#taken.add(seed.thingId);
    this.#queue.push(seed);
  }

  #idOf(seed: Seed, link: LinkDown, part: PartRequest, index: number): ThingId | undefined {
    const { childId } = link;
    const name = partName(childId, link, index, part.serials[index - 1]);
    if (name === undefined) {
      this.#refuse(seed.thingId, new SerialMissing(childId, index));
      return undefined;
    }
    const prefix = `${seed.sourceId}:`;
    // A copy of `a:car:wheel_1` as part of `b:copy` is `b:copy:wheel_1`; the name alone would double the car's.
    const ending = this.options.kind === 'twin' && childId.startsWith(prefix) ? childId.slice(prefix.length) : name;
    const id = `${seed.thingId}:${ending}`;
    try {
      return parseThingId(id);
    } catch (error) {
      if (!(error instanceof ThingIdInvalid)) throw error;
      this.#refuse(seed.thingId, new PartIdInvalid(id));
      return undefined;
    }
  }

  #refuse(thingId: ThingId, error: Conflict['error']): void {
    this.#conflicts.push({ thingId, error });
  }

  #valueOf({ thing: source, version }: Source, seed: Seed, copies: ReadonlyMap<ThingId, ThingId>): JsonObject {
    const own = withMember(withoutMember(source, 'thingId'), 'attributes', ownAttributes(source));
    const features = member(own, 'features');
    const start =
      this.options.resetValues && isJsonObject(features) ? withMember(own, 'features', resetValues(features)) : own;
    const merged = mergePatch(start, seed.values);
    const content = isJsonObject(merged) ? merged : start;
    const links = { ...this.#links(source, version, seed), ...this.#relations(source, copies) };
    return this.#withPolicy(withAttributes(content, links), member(source, 'policyId'), seed);
  }

  /** Types have none. */
  #relations(source: JsonObject, copies: ReadonlyMap<ThingId, ThingId>): JsonObject {
    const relations = this.options.kind === 'twin' ? copiedRelations(source, copies) : undefined;
    return relations === undefined ? {} : { _relations: relations };
  }

  #links(source: JsonObject, version: string | undefined, { sourceId, parent, rank }: Seed): JsonObject {
    const [type, of] = ['type', '_typeVersion'].map((name) => valueAt(source, ['attributes', name]));
    return {
      _isType: false,
      ...(parent === undefined ? {} : { _parents: parent }),
      ...(rank === undefined ? {} : { _position: rank }),
      ...(this.options.kind === 'type' ? { type: sourceId } : { copyOf: sourceId }),
      // A copy of an instance is one, too: what its type says in the future counts for both.
      ...(this.options.kind === 'twin' && typeof type === 'string' ? { type } : {}),
      ...(this.options.kind === 'twin' && typeof type === 'string' && of !== undefined ? { _typeVersion: of } : {}),
      ...(version === undefined ? {} : { _typeVersion: version }),
    };
  }

  #withPolicy(value: JsonObject, policyId: JsonValue | undefined, { thingId }: Seed): JsonObject {
    const { policy } = this.options;
    if (policy.use === 'named') return { ...value, policyId: policy.policyId };
    if (policy.use === 'share' || typeof policyId !== 'string') return value;
    const copied = this.#policies.get(policyId);
    if (copied !== undefined) return { ...value, policyId: copied };
    const copy = policyIdOf(thingId);
    this.#policies.set(policyId, copy);
    return { ...value, policyId: copy, _copyPolicyFrom: policyId };
  }
}

const AS_LINKED: PartRequest = { ids: [], serials: [], values: {}, children: new Map() };
