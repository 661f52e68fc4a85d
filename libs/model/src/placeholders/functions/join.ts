import { UNRESOLVED, resolved, valuesOf } from '../resolution.js';
import type { PipelineFunction } from './pipeline-function.js';

/** All values as one. */
export const join: PipelineFunction = {
  signature: "fn:join('separator')",
  arity: [1, 1],
  apply(input, [separator = UNRESOLVED]) {
    const [text] = valuesOf(separator);
    const values = valuesOf(input);
    return text === undefined || values.length === 0 ? UNRESOLVED : resolved([values.join(text)]);
  },
};
