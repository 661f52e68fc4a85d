import { z } from 'zod';
import { creationSettings } from './creation-settings.js';
import { bytes } from './fields.js';
import { tokenSettings } from './token-settings.js';
import { pastSettings } from './past-settings.js';
import { querySettings } from './query-settings.js';
import { policySettings } from './policy-settings.js';

/** Of processes that take things and policies from clients. */
export const namespaceSettings = {
  ...tokenSettings,
  GEMEL_DEFAULT_NAMESPACE: z
    .string()
    .default('org.eclipse.ditto')
    .describe('Namespace of things and policies created without one.'),
};

/** Of processes that hold twins. */
export const twinSettings = {
  GEMEL_SUBJECT_EXPIRY_GRANULARITY_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_678_400_000)
    .default(3_600_000)
    .describe(
      'To whole ones of it the expiries of policy subjects are rounded up; from a day on, counted in each month.',
    ),
  GEMEL_THING_MAX_BYTES: bytes(102_400).describe('Largest thing, as JSON text.'),
  GEMEL_POLICY_MAX_BYTES: bytes(102_400).describe('Largest policy, as JSON text.'),
  GEMEL_THING_MAX_WAITING_CHANGES: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Changes that wait for their turn on one thing; further ones are answered 429.'),
  GEMEL_COMPOSITION: z
    .enum(['open', 'strict'])
    .default('open')
    .describe(
      "Whether any writer may set '_parents' and '_isType' as they like, or is refused what would break the composition; the same for all processes.",
    ),
  ...creationSettings,
  ...querySettings,
  GEMEL_MESSAGE_MAX_BYTES: bytes(256_000).describe('Largest payload of a message to or from a thing.'),
  ...pastSettings,
  ...policySettings,
};

export const cacheSettings = {
  GEMEL_CACHE_MAX_BYTES: bytes(268_435_456).describe(
    'Memory for parsed twins; beyond it the least recently used are read from the store.',
  ),
};

export const historySettings = {
  GEMEL_HISTORY_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('Days that history points are kept; 0 keeps them for ever.'),
};
