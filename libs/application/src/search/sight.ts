import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer, PolicyRights } from '@gemel/model/policies';
import { liveThing } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { PolicyEnforcers } from '../policies/index.js';
import type { KnownRights, SignalContext } from '../signals/index.js';

/** What one caller sees of things; each policy is asked for once. */
export class Sight {
  readonly #known = new Map<string, PolicyRights | null>();

  constructor(
    private readonly enforcers: PolicyEnforcers,
    private readonly subjects: SignalContext['subjects'],
    private readonly learned?: KnownRights,
  ) {}

  /** What is readable of a thing; undefined when nothing is. */
  readonly view = (state: ThingState): Thing | undefined | Promise<Thing | undefined> => {
    const thing = liveThing(state);
    if (thing === undefined) return undefined;
    const rights = this.#known.get(thing.policyId);
    if (rights !== undefined) return rights?.on(thing.thingId).view(thing);
    return this.#load(thing).then((loaded) => loaded?.view(thing));
  };

  /** Whether a property is readable as it is, in every thing with this policy and namespace, or nothing of these is. */
  readonly seesWholly = (state: ThingState, property: JsonPointer): boolean | Promise<boolean> => {
    const { thing } = state;
    const rights = this.#known.get(thing.policyId);
    if (rights !== undefined) return isSeenWholly(rights?.on(thing.thingId), property);
    return this.#load(thing).then((loaded) => isSeenWholly(loaded, property));
  };

  async #load(thing: Thing): Promise<Enforcer | undefined> {
    const rights = await this.enforcers.rights(thing.policyId, this.subjects, this.learned);
    this.#known.set(thing.policyId, rights ?? null);
    return rights?.on(thing.thingId);
  }
}

function isSeenWholly(enforcer: Enforcer | undefined, property: JsonPointer): boolean {
  // Metadata goes with what it describes, which may be anything.
  const path = property[0] === '_metadata' ? [] : property;
  if (enforcer === undefined || enforcer.permits('thing', path, 'READ')) return true;
  return !enforcer.permitsPartially('thing', [], 'READ');
}
