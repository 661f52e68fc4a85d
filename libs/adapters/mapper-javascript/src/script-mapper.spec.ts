import { describeMappingScripts } from '@gemel/testkit/contracts';
import { javaScriptMappers } from './index.js';
import { DEFAULT_LIMITS } from './sandbox.js';

describe('scripts that map payloads', () => {
  // As in production but for the patience: a machine under test is slow, and nobody waits here for what loops.
  describeMappingScripts('QuickJS', javaScriptMappers({ limits: { ...DEFAULT_LIMITS, runMs: 200 } }));
});
