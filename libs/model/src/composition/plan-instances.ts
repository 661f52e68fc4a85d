import { ThingIdInvalid, nameOf, parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { isJsonObject, member, mergePatch, withMember, withoutMember } from '../json/index.js';
import type { JsonObject } from '../json/index.js';
import type { CreateThing } from '../things/index.js';
import { findCycle } from './cycle.js';
import { CycleRefused, InstanceIdAmbiguous, InstanceIdInvalid, TooManyThings } from './errors.js';
import type { Kind } from './kind.js';
import { nameOfPart } from './name-template.js';
import type { NameTemplate } from './name-template.js';
import { ownAttributes, withAttributes } from './restricted-attributes.js';
import { resetValues } from './reset-values.js';

/** A thing of the composition that is instantiated or duplicated. */
export interface SourceNode {
  readonly thing: JsonObject;
  readonly children: readonly SourceLink[];
  /** Whether its values are those that an instance begins with, whatever the request says. */
  readonly keepsValues?: boolean;
}

export interface SourceLink {
  readonly childId: ThingId;
  /** Copies of the child for each copy of this node; 1 for twins. */
  readonly count: number;
  /** Names the copies; as with OpenTwins when absent. */
  readonly template?: NameTemplate | undefined;
  /** Of the child among those of the parent, as it is kept; copies have it, too. */
  readonly rank?: number | undefined;
}

/** The things reachable from a root, by id. A link to a thing that is not in it is ignored. */
export type SourceGraph = ReadonlyMap<ThingId, SourceNode>;

export interface InstanceRequest {
  /** What the sources are: instances of types name their `type`, copies of twins the twin as `copyOf`. */
  readonly kind: Kind;
  readonly rootId: ThingId;
  /** Id of the new root. */
  readonly targetId: ThingId;
  /** Merge patch (RFC 7396) of the new root; the things below get none. */
  readonly patch: JsonObject;
  /** Whether values of features become null; true when absent. */
  readonly resetsValues?: boolean;
  /** The most things that may come out of it. */
  readonly maxThings: number;
}

interface Instance {
  readonly sourceId: ThingId;
  readonly id: ThingId;
  readonly parentId?: ThingId;
  readonly rank?: number | undefined;
}

/**
 * The twins that a type or a twin with all below it becomes, parents first. Values of features are reset
 * unless the request says otherwise, those of the patch, too. Ids are `<parent's id>:<name of the child>`, with `_1`, `_2`, … when a type counts more than one.
 * @throws CycleRefused, TooManyThings, InstanceIdInvalid, InstanceIdAmbiguous
 */
export function planInstances(graph: SourceGraph, request: InstanceRequest): readonly CreateThing[] {
  const edges = new Map([...graph].map(([id, node]) => [id, node.children.map((link) => link.childId)]));
  const cycle = findCycle(edges, request.rootId);
  if (cycle !== undefined) throw new CycleRefused(cycle);

  const instances: Instance[] = [{ sourceId: request.rootId, id: request.targetId }];
  const taken = new Set<ThingId>([request.targetId]);
  // An array iterates over what is added meanwhile: it is the queue, too.
  for (const instance of instances) {
    for (const link of graph.get(instance.sourceId)?.children ?? []) {
      if (!graph.has(link.childId)) continue;
      if (instances.length + link.count > request.maxThings) throw new TooManyThings(request.maxThings);
      for (let index = 1; index <= link.count; index++) {
        const id = instanceId(request, instance.id, link, index);
        if (taken.has(id)) throw new InstanceIdAmbiguous(id);
        taken.add(id);
        instances.push({ sourceId: link.childId, id, parentId: instance.id, rank: link.rank });
      }
    }
  }
  return instances.map((instance) => ({
    kind: 'create',
    thingId: instance.id,
    value: instanceOf(graph.get(instance.sourceId), instance, request),
  }));
}

function instanceId(request: InstanceRequest, parentId: ThingId, link: SourceLink, index: number): ThingId {
  const { childId, count } = link;
  const prefix = `${request.rootId}:`;
  // A copy of `a:car:wheel_1` as part of `b:copy` is `b:copy:wheel_1`; the name alone would double the car's.
  const base =
    request.kind === 'twin' && childId.startsWith(prefix)
      ? `${request.targetId}:${childId.slice(prefix.length)}`
      : `${parentId}:${nameOf(childId)}`;
  const text =
    link.template === undefined ? (count > 1 ? `${base}_${String(index)}` : base) : named(parentId, link, index);
  try {
    return parseThingId(text);
  } catch (error) {
    if (error instanceof ThingIdInvalid) throw new InstanceIdInvalid(text);
    throw error;
  }
}

/** @throws InstanceIdInvalid for names with serials, which `/api/2` is given only */
function named(parentId: ThingId, { childId, template = [] }: SourceLink, index: number): string {
  const name = nameOfPart(template, { name: nameOf(childId), index, serial: undefined });
  if (name === undefined) throw new InstanceIdInvalid(`${parentId}:{serial}`);
  return `${parentId}:${name}`;
}

function instanceOf(node: SourceNode | undefined, instance: Instance, request: InstanceRequest): JsonObject {
  const source = node?.thing ?? {};
  const own = withMember(withoutMember(source, 'thingId'), 'attributes', ownAttributes(source));
  const merged = instance.parentId === undefined ? mergePatch(own, withoutMember(request.patch, 'thingId')) : own;
  const content = isJsonObject(merged) ? merged : own;
  const composed = withAttributes(content, {
    _isType: false,
    ...(instance.parentId === undefined ? {} : { _parents: instance.parentId }),
    ...(instance.rank === undefined ? {} : { _position: instance.rank }),
    [request.kind === 'type' ? 'type' : 'copyOf']: instance.sourceId,
  });
  const features = member(composed, 'features');
  const { resetsValues = true } = request;
  return resetsValues && node?.keepsValues !== true && isJsonObject(features)
    ? withMember(composed, 'features', resetValues(features))
    : composed;
}
