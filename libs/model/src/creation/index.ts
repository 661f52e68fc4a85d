export { CreationRules, EntityNotCreatable, UNRESTRICTED_CREATION } from './creation-rules.js';
export type { CreationRule, EntityType, NewEntity } from './creation-rules.js';
