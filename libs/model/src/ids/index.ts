export {
  MAX_ID_LENGTH,
  PolicyIdInvalid,
  ThingIdInvalid,
  nameOf,
  namespaceOf,
  parsePolicyId,
  parseThingId,
  policyIdOf,
} from './namespaced-id.js';
export type { PolicyId, ThingId } from './namespaced-id.js';
