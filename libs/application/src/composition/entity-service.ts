import {
  BodyEmpty,
  CycleRefused,
  NotParent,
  PARENTS,
  ParentMissing,
  ParentWrongKind,
  WrongKind,
  ambiguousName,
  kindOf,
  linkCommand,
  linkName,
  ownAttributes,
  parentsValue,
  restrictedAttributes,
  unlinkAllCommand,
  unlinkCommand,
  withAttributes,
  withoutKind,
} from '@gemel/model/composition';
import type { Kind, ParentLink } from '@gemel/model/composition';
import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, member, mergePatch, valueAt, withMember } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { ThingIdNotSettable, liveThing, thingResources } from '@gemel/model/things';
import type { ModifyingThingCommand, Thing } from '@gemel/model/things';
import type { SearchPage } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { parseBody } from './body.js';
import { childrenOfAny, ofKind, rootsOfKind } from './criteria.js';
import type { GraphReader } from './graph-reader.js';
import { idOf } from './id-of.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { TwinApi } from './twin-api.js';

/** What a write did. Things are as stored, `_isType` included, where nothing else is said. */
export type Written =
  | { readonly outcome: 'created'; readonly thing: JsonObject }
  | { readonly outcome: 'modified' | 'linked' }
  /** Nothing was asked for. */
  | { readonly outcome: 'unchanged'; readonly thing: JsonObject };

/** Namespace of things that are created without an id, as in Ditto. */
const DEFAULT_NAMESPACE = 'org.eclipse.ditto';

/** Types, or twins: the one kind refuses the other with {@link WrongKind}. Answers to reads leave `_isType` out. */
export class EntityService {
  constructor(
    private readonly kind: Kind,
    private readonly api: TwinApi,
    private readonly graph: GraphReader,
    private readonly turns: OneAtATime,
  ) {}

  /** One page of those without a parent. */
  roots(option: string, context: SignalContext): Promise<SearchPage> {
    return this.#page(rootsOfKind(this.kind), option, context);
  }

  /** One page of all, children included. */
  list(option: string, context: SignalContext): Promise<SearchPage> {
    return this.#page(ofKind(this.kind), option, context);
  }

  async listAll(context: SignalContext): Promise<readonly JsonObject[]> {
    return (await this.graph.all(ofKind(this.kind), context)).map(withoutKind);
  }

  children(id: ThingId, option: string, context: SignalContext): Promise<SearchPage> {
    return this.#page(childrenOfAny(this.kind, [id]), option, context);
  }

  /** Empty as well when there is no such thing. */
  async allChildren(id: ThingId, context: SignalContext): Promise<readonly JsonObject[]> {
    return (await this.graph.all(childrenOfAny(this.kind, [id]), context)).map(withoutKind);
  }

  async get(id: ThingId, context: SignalContext): Promise<JsonObject> {
    return withoutKind(await this.graph.require(this.kind, id, context));
  }

  /** A twin's parent id, or a type's object of parent ids and counts. @throws AttributeNotFound when there is none */
  async parents(id: ThingId, context: SignalContext): Promise<JsonValue> {
    const stored = valueAt(await this.graph.require(this.kind, id, context), PARENTS) ?? null;
    if (stored === null || (isJsonObject(stored) && Object.keys(stored).length === 0)) {
      throw new thingResources.attribute.notFound(id, `/${PARENTS.join('/')}`);
    }
    return stored;
  }

  /** Creates a thing with an id of the server's. @throws BodyEmpty */
  async create(body: JsonValue | undefined, context: SignalContext): Promise<Written> {
    const content = parseBody(body);
    if (content === undefined) throw new BodyEmpty();
    if (member(content, 'thingId') !== undefined) throw new ThingIdNotSettable('generated');
    return this.#create(parseThingId(`${DEFAULT_NAMESPACE}:${this.api.ids.uuid()}`), content, undefined, context);
  }

  /** Replaces a thing, its restricted attributes kept, or creates it. @throws BodyEmpty when it is to be created */
  put(id: ThingId, body: JsonValue | undefined, caller: SignalContext): Promise<Written> {
    return this.turns.run(caller, async (context) => {
      const content = parseBody(body);
      const { seen, stored } = await this.#look(id, context);
      if (content === undefined) {
        if (seen === undefined) throw new BodyEmpty();
        return { outcome: 'unchanged', thing: seen };
      }
      return stored === undefined
        ? this.#create(id, content, undefined, context)
        : this.#replace(stored, content, restrictedAttributes(stored), context);
    });
  }

  /** Merges into a thing; `attributes: null` removes all but the restricted ones. Creates it when it is not there. */
  patch(id: ThingId, body: JsonValue | undefined, caller: SignalContext): Promise<Written> {
    return this.turns.run(caller, async (context) => {
      const patch = parseBody(body);
      const { seen, stored } = await this.#look(id, context);
      if (patch === undefined && seen === undefined) throw new BodyEmpty();
      if (stored === undefined) {
        const content = mergePatch({}, patch ?? {});
        if (!isJsonObject(content)) throw new BodyEmpty();
        return this.#create(id, content, undefined, context);
      }
      const value = keepRestricted(patch ?? {}, stored);
      return this.#change({ kind: 'merge', thingId: id, path: [], value }, stored, context);
    });
  }

  /** Deletes a thing after unlinking its children, in one commit. */
  delete(id: ThingId, caller: SignalContext): Promise<void> {
    return this.turns.run(caller, async (context) => {
      await this.graph.require(this.kind, id, context);
      const unlinks = await this.#unlinksOfChildren(id, context);
      await this.#commit([...unlinks, { kind: 'delete', thingId: id, path: [] }], context);
    });
  }

  /**
   * Makes `childId` a child of a thing. With a body the child is replaced, or created when it is not there.
   * A twin leaves the parent it has; a type keeps its others.
   * @throws ParentMissing, ParentWrongKind, CycleRefused; BodyEmpty when there is neither child nor body
   */
  link(childId: ThingId, link: ParentLink, body: JsonValue | undefined, caller: SignalContext): Promise<Written> {
    return this.turns.run(caller, async (context) => {
      const content = parseBody(body);
      const [, { seen, stored }, path] = await inOrder([
        this.#requireParent(link.parentId, context),
        this.#look(childId, context),
        this.graph.pathUp(this.kind, link.parentId, childId),
      ]);
      if (seen === undefined && content === undefined) throw new BodyEmpty();
      if (path !== undefined)
        throw new CycleRefused(await this.graph.readable([...path.toReversed(), childId], context));

      if (stored === undefined) return this.#create(childId, content ?? {}, link, context);
      const ambiguous = this.kind === 'type' ? ambiguousName(linkName(stored, link.parentId), link.count) : undefined;
      if (ambiguous !== undefined) throw ambiguous;
      const command = linkCommand(this.kind, childId, link, stored);
      if (content === undefined) {
        await this.#change(command, stored, context);
        return { outcome: 'linked' };
      }
      const patch = command.path.length === PARENTS.length ? { _parents: command.value } : command.value;
      const restricted = mergePatch(restrictedAttributes(stored), patch);
      return this.#replace(stored, content, isJsonObject(restricted) ? restricted : {}, context);
    });
  }

  /** Takes one parent from a thing. @throws NotParent */
  unlink(childId: ThingId, parentId: ThingId, caller: SignalContext): Promise<void> {
    return this.turns.run(caller, async (context) => {
      const child = await this.graph.require(this.kind, childId, context);
      const stored = valueAt(child, PARENTS);
      if (stored !== parentId && valueAt(stored, [parentId]) === undefined) throw new NotParent(childId, parentId);
      await this.#commit([unlinkCommand(this.kind, child, childId, parentId)], context);
    });
  }

  /** Takes all parents from a thing; fine when it has none. */
  unlinkParents(id: ThingId, caller: SignalContext): Promise<void> {
    return this.turns.run(caller, async (context) => {
      const child = await this.graph.require(this.kind, id, context);
      if (valueAt(child, PARENTS) !== undefined) await this.#commit([unlinkAllCommand(id, child)], context);
    });
  }

  /** Takes a thing as parent from all its children, in one commit; fine when it has none. */
  unlinkChildren(id: ThingId, caller: SignalContext): Promise<void> {
    return this.turns.run(caller, async (context) => {
      await this.graph.require(this.kind, id, context);
      await this.#commit(await this.#unlinksOfChildren(id, context), context);
    });
  }

  async #page(...search: Parameters<GraphReader['page']>): Promise<SearchPage> {
    const page = await this.graph.page(...search);
    return { ...page, items: page.items.map(withoutKind) };
  }

  /** As the caller sees it, and as it is: what they may write but not read of it is kept like the rest. @throws WrongKind */
  async #look(
    id: ThingId,
    context: SignalContext,
  ): Promise<{ readonly seen: JsonObject | undefined; readonly stored: Thing | undefined }> {
    const [seen, state] = await inOrder([this.graph.find(this.kind, id, context), this.api.states.thing(id)]);
    return { seen, stored: liveThing(state) };
  }

  async #create(
    id: ThingId,
    content: JsonObject,
    link: ParentLink | undefined,
    context: SignalContext,
  ): Promise<Written> {
    const value = withAttributes(content, {
      _isType: this.kind === 'type',
      ...(link === undefined ? {} : { _parents: parentsValue(this.kind, link) }),
    });
    const reply = await this.api.things.execute({ kind: 'create', thingId: id, value }, context);
    return { outcome: 'created', thing: isJsonObject(reply.value) ? reply.value : {} };
  }

  #replace(stored: Thing, content: JsonObject, restricted: JsonObject, context: SignalContext): Promise<Written> {
    const value = withAttributes(content, restricted);
    return this.#change({ kind: 'modify', thingId: stored.thingId, path: [], value }, stored, context);
  }

  /** Whoever may neither read nor write the thing is not told of which kind it is. @throws WrongKind */
  async #change(command: ModifyingThingCommand, stored: Thing, context: SignalContext): Promise<Written> {
    if (kindOf(stored) !== this.kind) {
      const [refusal] = await this.api.things.rehearse([command], context);
      throw refusal?.error ?? new WrongKind(command.thingId, this.kind);
    }
    await this.api.things.execute(command, context);
    return { outcome: 'modified' };
  }

  async #unlinksOfChildren(id: ThingId, context: SignalContext): Promise<readonly ModifyingThingCommand[]> {
    const children = await this.graph.all(childrenOfAny(this.kind, [id]), context);
    return children.map((child) => unlinkCommand(this.kind, child, idOf(child), id));
  }

  async #commit(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<void> {
    if (commands.length > 0) await this.api.things.executeAll(commands, context);
  }

  async #requireParent(id: ThingId, context: SignalContext): Promise<void> {
    try {
      if ((await this.graph.find(this.kind, id, context)) === undefined) throw new ParentMissing(id);
    } catch (error) {
      if (error instanceof WrongKind) throw new ParentWrongKind(id, this.kind);
      throw error;
    }
  }
}

/** Asks at the same time, as the store may be far away; of several refusals the first counts, whichever came first. */
async function inOrder<T extends readonly [unknown, ...unknown[]]>(asked: {
  readonly [Index in keyof T]: Promise<T[Index]>;
}): Promise<T> {
  await Promise.allSettled(asked);
  return Promise.all(asked);
}

/** A patch in which the removal of all attributes spares the restricted ones. */
function keepRestricted(patch: JsonObject, stored: JsonObject): JsonObject {
  if (member(patch, 'attributes') !== null) return patch;
  const removals = Object.fromEntries(Object.keys(ownAttributes(stored)).map((key) => [key, null]));
  return withMember(patch, 'attributes', removals);
}
