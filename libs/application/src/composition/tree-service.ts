import { ThingExists, planInstances } from '@gemel/model/composition';
import type { Kind, SourceGraph, SourceNode } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import type { JsonValue } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import type { DeleteThing } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { parseBody } from './body.js';
import { MAX_THINGS } from './graph-reader.js';
import type { GraphReader } from './graph-reader.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { TwinApi } from './twin-api.js';

/** How a composition is copied. */
export interface Copying {
  /** A patch of the root. */
  readonly body?: JsonValue | undefined;
  /** Whether values of features become null, as in OpenTwins; true when absent. */
  readonly resetsValues?: boolean;
}

/** Whole compositions: each step is one commit, all or nothing. */
export class TreeService {
  constructor(
    private readonly api: TwinApi,
    private readonly graph: GraphReader,
    private readonly turns: OneAtATime,
  ) {}

  /**
   * Creates the twins that a type describes, with all below it.
   * @throws ThingNotAccessible, WrongKind, AttributeRestricted, ThingExists, and what `planInstances` refuses
   */
  instantiate(typeId: ThingId, twinId: ThingId, copying: Copying, context: SignalContext): Promise<readonly ThingId[]> {
    return this.#copy('type', typeId, twinId, copying, context);
  }

  /** Creates a copy of a twin with all below it, as `instantiate` does of a type. */
  duplicate(twinId: ThingId, copyId: ThingId, copying: Copying, context: SignalContext): Promise<readonly ThingId[]> {
    return this.#copy('twin', twinId, copyId, copying, context);
  }

  /** Deletes a twin with all below it. @throws ThingNotAccessible, WrongKind, TooManyThings */
  delete(twinId: ThingId, caller: SignalContext): Promise<readonly ThingId[]> {
    return this.turns.run(caller, async (context) => {
      const root = await this.graph.require('twin', twinId, context);
      const ids = [...(await this.graph.below('twin', twinId, root, context)).keys()].toReversed();
      const commands = ids.map((thingId): DeleteThing => ({ kind: 'delete', thingId, path: [] }));
      await this.api.things.executeAll(commands, context);
      return ids;
    });
  }

  #copy(
    kind: Kind,
    rootId: ThingId,
    targetId: ThingId,
    { body, resetsValues = true }: Copying,
    caller: SignalContext,
  ): Promise<readonly ThingId[]> {
    return this.turns.run(caller, async (context) => {
      const patch = parseBody(body) ?? {};
      // As in OpenTwins before the source is looked at.
      await this.#refuseTaken([targetId]);
      const root = await this.graph.require(kind, rootId, context);
      const graph = await this.#prepared(kind, await this.graph.below(kind, rootId, root, context), context);
      const commands = planInstances(graph, { kind, rootId, targetId, patch, resetsValues, maxThings: MAX_THINGS });
      await this.#refuseTaken(commands.map(({ thingId }) => thingId));
      await this.api.things.executeAll(commands, context);
      return commands.map((command) => command.thingId);
    });
  }

  /** With what twins of types that have a model begin as. */
  async #prepared(kind: Kind, graph: SourceGraph, context: SignalContext): Promise<SourceGraph> {
    const { templates } = this.api;
    if (kind === 'twin' || templates === undefined) return graph;
    const see = (id: ThingId) => this.graph.find('type', id, context);
    const nodes = new Map<ThingId, SourceNode>();
    for (const [id, node] of graph) {
      const template = await templates.of(id, node.thing, see);
      nodes.set(id, template === undefined ? node : { ...node, thing: template, keepsValues: true });
    }
    return nodes;
  }

  async #refuseTaken(ids: readonly ThingId[]): Promise<void> {
    const states = await Promise.all(ids.map((id) => this.api.states.thing(id)));
    const taken = ids.find((_id, index) => liveThing(states[index]) !== undefined);
    if (taken !== undefined) throw new ThingExists(taken);
  }
}
