import type { CreationRules } from '@gemel/model/creation';
import type { NamespaceRoots } from '@gemel/model/policies';
import type { CoreLimits } from '@gemel/wiring';
import { jobLimitsOf } from './job-settings.js';
import type { JobSettings } from './job-settings.js';
import { queryLimitsOf } from './query-settings.js';
import type { QuerySettings } from './query-settings.js';

/** What the twins are held to, in one process as in a cluster. */
export interface CoreSettings extends QuerySettings, Partial<JobSettings> {
  readonly GEMEL_THING_MAX_BYTES: number;
  readonly GEMEL_POLICY_MAX_BYTES: number;
  readonly GEMEL_SUBJECT_EXPIRY_GRANULARITY_MS: number;
  readonly GEMEL_MESSAGE_MAX_BYTES: number;
  readonly GEMEL_HISTORICAL_HEADERS: readonly string[];
  readonly GEMEL_NAMESPACE_POLICIES: NamespaceRoots;
  readonly GEMEL_ENTITY_CREATION: CreationRules;
  readonly GEMEL_THING_MAX_WAITING_CHANGES: number;
  readonly GEMEL_COMPOSITION: 'open' | 'strict';
}

export function coreLimitsOf(settings: CoreSettings): CoreLimits {
  return {
    maxThingBytes: settings.GEMEL_THING_MAX_BYTES,
    maxPolicyBytes: settings.GEMEL_POLICY_MAX_BYTES,
    subjects: { expiryGranularity: settings.GEMEL_SUBJECT_EXPIRY_GRANULARITY_MS },
    queries: queryLimitsOf(settings),
    maxMessageBytes: settings.GEMEL_MESSAGE_MAX_BYTES,
    historicalHeaders: settings.GEMEL_HISTORICAL_HEADERS,
    namespaceRoots: settings.GEMEL_NAMESPACE_POLICIES,
    creation: settings.GEMEL_ENTITY_CREATION,
    strictComposition: settings.GEMEL_COMPOSITION === 'strict',
    jobs: jobLimitsOf(settings),
    maxWaitingChanges: settings.GEMEL_THING_MAX_WAITING_CHANGES,
  };
}
