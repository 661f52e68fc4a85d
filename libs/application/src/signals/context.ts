import type { IfEqual, LiveHeaders, PatchCondition } from '@gemel/model/headers';
import type { JsonObject } from '@gemel/model/json';
import type { PolicyView } from '@gemel/model/headers';
import type { SubjectId } from '@gemel/model/policies';
import type { MetadataHeaders, PastMoment } from '@gemel/model/headers';
import type { Guard } from '../ports/index.js';
import type { KnownRights } from './known-rights.js';

/** Entity tags a caller makes the command depend on, as the HTTP headers of these names have them. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/** Who sends a signal, and what goes with it. */
export interface SignalContext {
  /** On whose authority; the first is the originator. */
  readonly subjects: readonly [SubjectId, ...SubjectId[]];
  /** Headers that travel to the event: `correlation-id` and custom ones. */
  readonly headers: JsonObject;
  readonly preconditions?: Preconditions | undefined;
  /** RQL that the stored entity must satisfy. */
  readonly condition?: string | undefined;
  /** What is asked of the metadata of a thing. */
  readonly metadata?: MetadataHeaders | undefined;
  /** What becomes of a change that would change nothing; `update` when absent. */
  readonly ifEqual?: IfEqual | undefined;
  /** Parts of a merge patch that are left out when the stored thing does not satisfy their RQL. */
  readonly patchConditions?: readonly PatchCondition[] | undefined;
  /** Whether the device itself is to answer; undefined for a command to the twin. */
  readonly live?: LiveHeaders | undefined;
  /** Aborts when the caller is not there any more; set for those who wait for others. */
  readonly gone?: AbortSignal | undefined;
  /** When in the past a retrieve looks; now when absent. */
  readonly past?: PastMoment | undefined;
  /** Under which the commit is made; for callers inside. */
  readonly guard?: Guard | undefined;
  /** What was learned of rights so far; for requests of several steps. */
  readonly rights?: KnownRights | undefined;
  /** Waits for its turn however many are before it; for callers that bound what they have under way themselves. */
  readonly isPatient?: boolean | undefined;
  /** Allows a policy that nobody may change afterwards. */
  readonly allowPolicyLockout?: boolean | undefined;
  /** Whether a retrieved policy is shown as stored, or with all that it takes over; `original` when absent. */
  readonly policyView?: PolicyView | undefined;
}
