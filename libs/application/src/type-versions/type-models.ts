import type { ThingId } from '@gemel/model/ids';
import { isJsonObject, valueAt, withValueAt } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { ThingNotAccessible, thingResources } from '@gemel/model/things';
import { parseTypeModel } from '@gemel/model/types';
import type { EffectiveType } from '@gemel/model/types';
import type { SignalContext } from '../signals/index.js';
import type { ThingReply, ThingService } from '../things/index.js';
import type { TypeCatalog } from '../types/index.js';
import { MODEL_PATH } from './type-access.js';
import type { TypeAccess } from './type-access.js';
import type { OneAtATime } from '../composition/index.js';

/** What types ask of their twins: read and changed by itself. */
export class TypeModels {
  constructor(
    private readonly things: Pick<ThingService, 'execute'>,
    private readonly access: TypeAccess,
    private readonly catalog: TypeCatalog,
    private readonly turns: OneAtATime,
  ) {}

  /** As it was written. @throws ThingNotAccessible, NotOfKind; a 404 of Ditto's when the type has none */
  async get(typeId: ThingId, context: SignalContext): Promise<JsonValue> {
    const { thing } = await this.access.readable(typeId, context);
    const model = valueAt(thing, MODEL_PATH);
    if (model === undefined) throw new thingResources.attribute.notFound(typeId, `/${MODEL_PATH.join('/')}`);
    return model;
  }

  /**
   * Sets the model once it is sure that the type can be worked out with it.
   * @throws TypeModelInvalid, JsonSchemaInvalid, TypeBaseMissing, TypeBaseCycle, TypeBasesTooMany
   */
  async put(typeId: ThingId, value: JsonValue, caller: SignalContext): Promise<ThingReply> {
    parseTypeModel(value);
    return this.turns.run(caller, async (context) => {
      const { thing } = await this.access.readable(typeId, context);
      const changed = withValueAt(thing, MODEL_PATH, value);
      if (!isJsonObject(changed)) throw new ThingNotAccessible(typeId);
      await this.catalog.resolve(typeId, changed, this.access.source(context));
      return this.things.execute({ kind: 'modify', thingId: typeId, path: MODEL_PATH, value }, context);
    });
  }

  /** @throws a 404 of Ditto's when the type has none */
  async delete(typeId: ThingId, caller: SignalContext): Promise<void> {
    await this.turns.run(caller, async (context) => {
      await this.access.readable(typeId, context);
      await this.things.execute({ kind: 'delete', thingId: typeId, path: MODEL_PATH }, context);
    });
  }

  /** The type with all that it takes from others. @throws as `put` */
  async effective(typeId: ThingId, context: SignalContext): Promise<EffectiveType> {
    const { thing } = await this.access.readable(typeId, context);
    return (await this.catalog.resolve(typeId, thing, this.access.source(context))).type;
  }
}
