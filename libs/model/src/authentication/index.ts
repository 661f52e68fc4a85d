export { AuthenticationFailed } from './errors.js';
export { describeFailures } from './describe-failures.js';
