import type { Criteria, RqlProperty } from './criteria.js';
import { formatProperty } from './rql-property.js';

/**
 * Every property that the criteria look at, once each; a reader needs READ on them. `namespace` tells about the thing id;
 * `topic:…`, `resource:…` and `time:…` tell nothing about the thing.
 */
export function propertiesOf(criteria: Criteria): readonly RqlProperty[] {
  const found = new Map<string, RqlProperty>();
  collect(criteria, found);
  return [...found.values()];
}

function collect(criteria: Criteria, found: Map<string, RqlProperty>): void {
  if ('operands' in criteria) for (const operand of criteria.operands) collect(operand, found);
  else if ('operand' in criteria) collect(criteria.operand, found);
  else found.set(formatProperty(criteria.property), criteria.property);
}
