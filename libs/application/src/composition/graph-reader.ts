import { TooManyThings, WrongKind, kindOf, linkBelow, parentLinks, tellsKind } from '@gemel/model/composition';
import type { Kind, SourceGraph, SourceLink } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { ThingNotAccessible } from '@gemel/model/things';
import type { Scope, SearchPage } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';
import { Descent } from './descent.js';
import { idOf } from './id-of.js';
import { pathUp } from './path-up.js';
import { storedKind } from './stored-kind.js';
import type { TwinApi } from './twin-api.js';

/** The most things that one request reads, creates or deletes as a whole. */
export const MAX_THINGS = 10_000;

/** Reads types and twins with the caller's rights, and walks along their links however broken they are. */
export class GraphReader {
  constructor(private readonly api: TwinApi) {}

  /** Undefined when it is not there or not readable. @throws WrongKind */
  async find(kind: Kind, id: ThingId, context: SignalContext): Promise<JsonObject | undefined> {
    try {
      return await this.require(kind, id, context);
    } catch (error) {
      if (error instanceof ThingNotAccessible) return undefined;
      throw error;
    }
  }

  /** @throws ThingNotAccessible, WrongKind */
  async require(kind: Kind, id: ThingId, context: SignalContext): Promise<JsonObject> {
    const { value } = await this.api.things.execute({ kind: 'retrieve', thingId: id, path: [] }, context);
    if (!isJsonObject(value)) throw new ThingNotAccessible(id);
    if ((await this.#kindOf(id, value)) !== kind) throw new WrongKind(id, kind);
    return value;
  }

  /** Asks the store only for what does not tell. */
  async #kindOf(id: ThingId, seen: JsonObject): Promise<Kind> {
    return tellsKind(seen) ? kindOf(seen) : storedKind(await this.api.states.thing(id), seen);
  }

  /** @throws GemelError when the option list is not valid */
  page(scope: Scope, option: string, context: SignalContext): Promise<SearchPage> {
    return this.api.search.search({ scope, option }, context);
  }

  /** All that match, by thing id. */
  all(scope: Scope, context: SignalContext): Promise<readonly JsonObject[]> {
    return this.api.search.all(scope, context);
  }

  /**
   * The thing with everything below it, each once, level by level.
   * @throws TooManyThings beyond {@link MAX_THINGS}
   */
  async below(kind: Kind, rootId: ThingId, root: JsonObject, context: SignalContext): Promise<SourceGraph> {
    const nodes = new Map<ThingId, { readonly thing: JsonObject; readonly children: SourceLink[] }>();
    nodes.set(rootId, { thing: root, children: [] });
    const descent = new Descent(kind, (scope) => this.all(scope, context));
    for (let level: ReadonlySet<ThingId> = new Set([rootId]); level.size > 0;) {
      const next = new Set<ThingId>();
      for (const thing of await descent.childrenOf(level)) {
        const childId = idOf(thing);
        const links = parentLinks(thing, kind).filter(({ parentId }) => level.has(parentId));
        for (const { parentId, count } of links) {
          nodes.get(parentId)?.children.push(linkBelow(kind, parentId, { childId, count }, thing));
        }
        // Without a link it matched only by a broken value, and belongs to nobody.
        if (links.length === 0 || nodes.has(childId)) continue;
        nodes.set(childId, { thing, children: [] });
        next.add(childId);
      }
      if (nodes.size > MAX_THINGS) throw new TooManyThings(MAX_THINGS);
      level = next;
    }
    return nodes;
  }

  /** The way up from a thing to one of its ancestors, both included; undefined when it is none. */
  pathUp(kind: Kind, from: ThingId, to: ThingId): Promise<readonly ThingId[] | undefined> {
    return pathUp(this.api, kind, from, to);
  }

  /** Ids as the caller may see them: `…` for those that they may not read. */
  async readable(ids: readonly ThingId[], context: SignalContext): Promise<readonly string[]> {
    const found = new Set((await this.api.things.retrieveMany(ids, undefined, context)).map(idOf));
    return ids.map((id) => (found.has(id) ? id : '…'));
  }
}
