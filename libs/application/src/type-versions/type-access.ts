import { NotOfKind, kindOf } from '@gemel/model/composition';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer } from '@gemel/model/json';
import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { ThingNotAccessible, thingResources } from '@gemel/model/things';
import type { Thing } from '@gemel/model/things';
import { MODEL, TypeNotWhollyReadable } from '@gemel/model/types';
import { ThingAccess } from '../policies/index.js';
import type { SignalContext } from '../signals/index.js';
import type { TypeSource } from '../types/index.js';

export const MODEL_PATH: JsonPointer = ['attributes', MODEL];

/** A type that a caller may read wholly. */
export interface AccessedType {
  readonly thing: Thing;
  readonly revision: number;
  readonly enforcer: Enforcer;
}

/** Types with the rights of a caller. What a type asks of its twins is for those who may read all of it. */
export class TypeAccess {
  readonly #access: ThingAccess;

  constructor(...things: ConstructorParameters<typeof ThingAccess>) {
    this.#access = new ThingAccess(...things);
  }

  /** @throws ThingNotAccessible, NotOfKind, TypeNotWhollyReadable */
  async readable(typeId: ThingId, context: SignalContext): Promise<AccessedType> {
    const { state, thing, enforcer } = await this.#access.thing(typeId, context);
    if (enforcer.view(thing) === undefined) throw new ThingNotAccessible(typeId);
    if (kindOf(thing) !== 'type') throw new NotOfKind(typeId, 'type');
    if (!enforcer.permits('thing', [], 'READ')) throw new TypeNotWhollyReadable(typeId);
    return { thing, revision: state.revision, enforcer };
  }

  /** As `readable`; whoever may change the model may freeze it, too. @throws a 403 of Ditto's */
  async writable(typeId: ThingId, context: SignalContext): Promise<AccessedType> {
    const accessed = await this.readable(typeId, context);
    if (!accessed.enforcer.permits('thing', MODEL_PATH, 'WRITE'))
      throw new thingResources.attribute.notModifiable(typeId, formatPointer(MODEL_PATH));
    return accessed;
  }

  /** Types as the caller may read them. */
  source(context: SignalContext): TypeSource {
    return async (id) => {
      try {
        return (await this.readable(id, context)).thing;
      } catch (error) {
        const isHidden =
          error instanceof ThingNotAccessible || error instanceof NotOfKind || error instanceof TypeNotWhollyReadable;
        if (isHidden) return undefined;
        throw error;
      }
    };
  }
}
