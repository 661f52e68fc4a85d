import { DELETED } from '../resolution.js';
import type { PipelineFunction } from './pipeline-function.js';

/** Whatever comes in, what it is for is left out. */
export const remove: PipelineFunction = { signature: 'fn:delete()', arity: [0, 0], apply: () => DELETED };
