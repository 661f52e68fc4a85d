export { compileRegex } from './linear-regex.js';
export type { LinearRegex } from './linear-regex.js';
