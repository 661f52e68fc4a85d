import { preconditionErrors } from '../signals/index.js';

export const policyPreconditions = preconditionErrors('policies');
