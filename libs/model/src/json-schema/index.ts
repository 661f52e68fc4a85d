export { compileSchema } from './compile-schema.js';
export type { JsonSchema } from './compile-schema.js';
export { JsonSchemaInvalid } from './errors.js';
export type { SchemaFault } from './evaluation.js';
