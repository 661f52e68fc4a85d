import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { hasModel, instanceFeatures } from '@gemel/model/types';
import type { EffectiveType } from '@gemel/model/types';
import type { TypeCatalog, TypeSource } from './type-catalog.js';

/** Makes of types with a model what their twins begin as; types without one stay as they are. */
export class InstanceTemplates {
  constructor(private readonly catalog: TypeCatalog) {}

  /**
   * The content of a new twin with its initial values, in the form of a thing; undefined for a type without a model.
   * @throws what the catalog refuses
   */
  async of(typeId: ThingId, type: JsonObject, see: TypeSource): Promise<JsonObject | undefined> {
    if (!hasModel(type)) return undefined;
    const { type: effective } = await this.catalog.resolve(typeId, type, see);
    return templateOf(type, effective);
  }
}

/** @param type whose policy the twins have */
export function templateOf(type: JsonObject, effective: EffectiveType): JsonObject {
  const { definition, attributes } = effective;
  const features = instanceFeatures(effective);
  return {
    ...type,
    ...(definition === undefined ? {} : { definition }),
    attributes,
    ...(Object.keys(features).length === 0 && type['features'] === undefined ? {} : { features }),
  };
}
