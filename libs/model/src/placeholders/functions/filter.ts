import { wildcardMatcher } from '../../wildcards/index.js';
import { UNRESOLVED, resolved, valuesOf } from '../resolution.js';
import type { Resolution } from '../resolution.js';
import type { PipelineFunction } from './pipeline-function.js';

const COMPARISONS: Readonly<Record<string, (value: string, text: string) => boolean>> = {
  eq: (value, text) => value === text,
  ne: (value, text) => value !== text,
  like: (value, text) => text.split('|').some((pattern) => wildcardMatcher(pattern)(value)),
};

/**
 * Keeps the input when a condition holds: `(value, op, text)` and `(value, 'exists'[, 'false'])` on another value,
 * `(op, text)` on each of its own values. An absent value is not equal and not like anything.
 */
export const filter: PipelineFunction = {
  signature:
    "fn:filter('op', 'text'), fn:filter(prefix:name, 'op', 'text') or fn:filter(prefix:name, 'exists'), op one of eq ne like exists",
  arity: [1, 3],
  apply(input, [first = UNRESOLVED, second, third]) {
    // `('exists')` and `('exists', 'false')` on the input itself.
    if (valuesOf(first)[0] === 'exists' && third === undefined) return existing(input, second);
    if (second === undefined) return UNRESOLVED;
    if (third === undefined) {
      const compare = comparison(first);
      const [text] = valuesOf(second);
      if (text === 'exists' && compare === undefined) return first.kind === 'resolved' ? input : UNRESOLVED;
      if (compare === undefined || text === undefined) return UNRESOLVED;
      return resolved(valuesOf(input).filter((value) => compare(value, text)));
    }
    return holds(first, second, third) ? input : UNRESOLVED;
  },
};

function existing(input: Resolution, wanted: Resolution | undefined): Resolution {
  const isWanted = wanted === undefined || valuesOf(wanted)[0] !== 'false';
  if (isWanted) return input;
  // There is nothing that could be kept of what is not there.
  return input.kind === 'unresolved' ? resolved(['']) : UNRESOLVED;
}

function holds(value: Resolution, operator: Resolution, operand: Resolution): boolean {
  const [text = ''] = valuesOf(operand);
  if (valuesOf(operator)[0] === 'exists') return (value.kind === 'resolved') === (text !== 'false');
  const compare = comparison(operator);
  if (compare === undefined) return false;
  if (value.kind !== 'resolved') return valuesOf(operator)[0] === 'ne';
  return value.values.some((one) => compare(one, text));
}

function comparison(operator: Resolution): ((value: string, text: string) => boolean) | undefined {
  const [name] = valuesOf(operator);
  return name !== undefined && Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
}
