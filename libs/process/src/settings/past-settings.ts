import type { RetentionRule } from '@gemel/application/past';
import { z } from 'zod';
import { list } from './fields.js';

const DAY_MS = 86_400_000;

/** What is told of the past of things and policies, and how long. */
export const pastSettings = {
  GEMEL_HISTORICAL_HEADERS: list('').describe(
    'Names of headers that a look into the past tells of the change that led there, for example `ditto-originator`.',
  ),
  GEMEL_THING_PAST_DAYS: count(3, 36_500).describe('Days that events of things are kept; 0 keeps them for ever.'),
  GEMEL_POLICY_PAST_DAYS: count(30, 36_500).describe('Days that events of policies are kept; 0 keeps them for ever.'),
  GEMEL_THING_PAST_REVISIONS: count(0, 1_000_000_000).describe(
    'Most events of a thing that are kept, the last ones; 0 sets no limit.',
  ),
  GEMEL_POLICY_PAST_REVISIONS: count(0, 1_000_000_000).describe(
    'Most events of a policy that are kept, the last ones; 0 sets no limit.',
  ),
  GEMEL_CONSISTENCY_CHECKS_PER_MINUTE: count(0, 100_000).describe(
    'Things and policies whose documents are held against the event log in the background, all of them in turns; 0 does not. In a ' +
      'cluster one replica of things does it for all.',
  ),
};

export interface PastSettings {
  readonly GEMEL_THING_PAST_DAYS: number;
  readonly GEMEL_POLICY_PAST_DAYS: number;
  readonly GEMEL_THING_PAST_REVISIONS: number;
  readonly GEMEL_POLICY_PAST_REVISIONS: number;
}

export function retentionRulesOf(settings: PastSettings): readonly RetentionRule[] {
  return [
    rule('thing', settings.GEMEL_THING_PAST_DAYS, settings.GEMEL_THING_PAST_REVISIONS),
    rule('policy', settings.GEMEL_POLICY_PAST_DAYS, settings.GEMEL_POLICY_PAST_REVISIONS),
  ];
}

function rule(entity: RetentionRule['entity'], days: number, revisions: number): RetentionRule {
  return {
    entity,
    ...(days === 0 ? {} : { olderThanMs: days * DAY_MS }),
    ...(revisions === 0 ? {} : { beyond: revisions }),
  };
}

function count(usual: number, most: number) {
  return z.coerce.number().int().min(0).max(most).default(usual);
}
