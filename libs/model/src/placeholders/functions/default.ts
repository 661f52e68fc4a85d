import { UNRESOLVED } from '../resolution.js';
import type { PipelineFunction } from './pipeline-function.js';

/** Its argument in place of an unresolved input. */
export const fallback: PipelineFunction = {
  signature: "fn:default('value') or fn:default(prefix:name)",
  arity: [1, 1],
  apply: (input, [value = UNRESOLVED]) => (input.kind === 'unresolved' ? value : input),
};
