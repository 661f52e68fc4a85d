export { GemelError, defineError } from './gemel-error.js';
export type { ErrorClass, ErrorJson, ErrorText } from './gemel-error.js';
export { javaNumber } from './java-number.js';
