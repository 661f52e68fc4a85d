import { defineError } from '../errors/index.js';
import type { ErrorJson } from '../errors/index.js';
import type { ThingId } from '../ids/index.js';
import type { JsonObject } from '../json/index.js';
import type { Violation } from './violations.js';

const Refused = defineError('gemel:composition.twin.invalid', 422, (typeId: ThingId) => ({
  message: `The twin would break its type ${typeId}. Nothing was changed.`,
  description: '`validationDetails` says where, and what is expected there.',
}));

/** Has the violations as Ditto has those of a WoT model: texts by pointer. */
export class TwinBreaksType extends Refused {
  override readonly code = Refused.code;
  override readonly status = Refused.status;

  constructor(
    typeId: ThingId,
    readonly violations: readonly Violation[],
  ) {
    super(typeId);
  }

  override toJson(): ErrorJson & { readonly validationDetails: JsonObject } {
    return { ...super.toJson(), validationDetails: detailsOf(this.violations) };
  }
}

function detailsOf(violations: readonly Violation[]): JsonObject {
  const texts = new Map<string, string[]>();
  for (const { pointer, message } of violations) texts.set(pointer, [...(texts.get(pointer) ?? []), message]);
  return Object.fromEntries(texts);
}
