// Solo without policies, to be measured and for nothing else: everybody may do everything with every thing.
import { PolicyEnforcers } from '@gemel/application/policies';

const UNGUARDED = {
  validUntil: undefined,
  permits: () => true,
  permitsPartially: () => true,
  view: (thing) => thing,
  viewAt: (_path, value) => value,
  viewPolicy: (policy) => policy,
  permitsPatch: () => true,
};

// No policy is loaded, none is looked up, nothing is asked. Still a promise: the use cases await it either way.
PolicyEnforcers.prototype.enforcer = async () => UNGUARDED;

await import('../../../apps/solo/dist/main.js');
