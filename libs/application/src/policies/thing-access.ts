import type { ThingId } from '@gemel/model/ids';
import type { Enforcer } from '@gemel/model/policies';
import { ThingNotAccessible, liveThing } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import type { PolicyEnforcers } from './policy-enforcers.js';

/** A thing that exists, and what the caller may do with it. */
export interface AccessedThing {
  readonly state: ThingState;
  readonly thing: Thing;
  readonly enforcer: Enforcer;
}

/** Finds things together with what callers may do with them: whoever asks decides what is enough. */
export class ThingAccess {
  constructor(
    private readonly states: Pick<StateStore, 'thing'>,
    private readonly enforcers: Pick<PolicyEnforcers, 'enforcer'>,
  ) {}

  /** @throws ThingNotAccessible when it is not there; whether anything of it is readable does not matter */
  async thing(thingId: ThingId, { subjects }: Pick<SignalContext, 'subjects'>): Promise<AccessedThing> {
    const state = await this.states.thing(thingId);
    const thing = liveThing(state);
    const enforcer = thing && (await this.enforcers.enforcer(thing.policyId, subjects, thingId));
    if (state === undefined || thing === undefined || enforcer === undefined) throw new ThingNotAccessible(thingId);
    return { state, thing, enforcer };
  }
}
