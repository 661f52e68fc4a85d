import type { JsonPointer } from '@gemel/model/json';
import type { Enforcer } from '@gemel/model/policies';
import { RqlExpressionInvalid, parseCriteria, propertiesOf } from '@gemel/model/rql';
import type { Criteria } from '@gemel/model/rql';
import { ThingConditionInvalid, ThingConditionUnreadable } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';

/** The RQL conditions of a command; none when undefined. */
export interface ThingConditions {
  readonly whole: { readonly text: string; readonly criteria: Criteria } | undefined;
  /** Of parts of a merge patch, relative to it. */
  readonly parts: readonly { readonly part: JsonPointer; readonly criteria: Criteria }[];
}

/**
 * Parses the conditions of a command on a thing that exists. Comes before the check whether the caller may change what the
 * command changes (Ditto's enforcement), and tells nobody about what they may not read.
 * @throws ThingConditionInvalid, ThingConditionUnreadable
 */
export function conditionsOf(
  { condition, patchConditions }: Pick<SignalContext, 'condition' | 'patchConditions'>,
  enforcer: Enforcer,
): ThingConditions | undefined {
  if (condition === undefined && patchConditions === undefined) return undefined;
  const parsed = (text: string): Criteria => {
    const criteria = parseThingCondition(text);
    for (const property of propertiesOf(criteria)) {
      if (!isReadable(property, enforcer)) throw new ThingConditionUnreadable();
    }
    return criteria;
  };
  return {
    whole: condition === undefined ? undefined : { text: condition, criteria: parsed(condition) },
    parts: (patchConditions ?? []).map(([part, text]) => ({ part, criteria: parsed(text) })),
  };
}

/** @throws ThingConditionInvalid */
export function parseThingCondition(text: string): Criteria {
  try {
    return parseCriteria(text);
  } catch (error) {
    if (error instanceof RqlExpressionInvalid) throw new ThingConditionInvalid(text, error.message);
    throw error;
  }
}

/** `topic:`, `resource:` and `time:` tell nothing about the thing. */
function isReadable(property: JsonPointer, enforcer: Enforcer): boolean {
  return property[0]?.includes(':') === true || enforcer.permits('thing', property, 'READ');
}
