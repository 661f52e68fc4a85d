export { ExpressionTooComplex, FunctionSignatureInvalid, FunctionUnknown, PlaceholderUnresolved } from './errors.js';
export { resolvePayload } from './payload.js';
export { groupByPrefix } from './prefixes.js';
export type { PlaceholderContext } from './prefixes.js';
export type { Resolution } from './resolution.js';
export { holds, parseCondition, parseTemplate, resolveTemplate } from './template.js';
export type { Template } from './template.js';
export { timePlaceholder } from './time-placeholder.js';
