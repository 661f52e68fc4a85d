export {
  MAX_ID_LENGTH,
  PolicyIdInvalid,
  ThingIdInvalid,
  isNamespace,
  nameOf,
  namespaceOf,
  parsePolicyId,
  parseThingId,
  policyIdOf,
} from './namespaced-id.js';
export type { PolicyId, ThingId } from './namespaced-id.js';
