export { runCheck } from './run-check.js';
export type { CheckProgram } from './run-check.js';
