import type { PastRange } from '@gemel/model/headers';
import type { PolicyId } from '@gemel/model/ids';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { PolicyNotAccessible } from '@gemel/model/policies';
import type { Enforcer } from '@gemel/model/policies';
import { policyEventEnvelope } from '@gemel/model/protocol';
import type { PolicyEvent } from '@gemel/model/signals';
import { PastEvents, headersOfPast } from '../past/index.js';
import type { PolicyEnforcers } from '../policies/index.js';
import type { EventLog, StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

export interface PastPolicyStreamParts {
  readonly log: Pick<EventLog, 'history'>;
  readonly states: Pick<StateStore, 'policy'>;
  readonly enforcers: Pick<PolicyEnforcers, 'onState'>;
  /** Names of the headers that are told of an event. */
  readonly historicalHeaders: readonly string[];
}

/** What happened to a policy. */
export class PastPolicyStream {
  readonly #events: PastEvents;

  constructor(private readonly parts: PastPolicyStreamParts) {
    this.#events = new PastEvents(parts.log);
  }

  /**
   * Portion by portion, as Ditto Protocol messages, up to the revision that the policy has now; what the caller may not READ under
   * today's policy is left out.
   * @throws PolicyNotAccessible
   */
  async envelopes(
    policyId: PolicyId,
    range: PastRange,
    { subjects }: Pick<SignalContext, 'subjects'>,
  ): Promise<AsyncIterable<readonly JsonObject[]>> {
    const state = await this.parts.states.policy(policyId);
    const enforcer = await this.parts.enforcers.onState(state, subjects);
    if (state === undefined || enforcer?.permitsPartially('policy', [], 'READ') !== true)
      throw new PolicyNotAccessible(policyId);
    return told(this.#events.ofPolicy(policyId, range, state.revision), enforcer, this.parts.historicalHeaders);
  }
}

async function* told(
  portions: AsyncIterable<readonly PolicyEvent[]>,
  enforcer: Enforcer,
  names: readonly string[],
): AsyncIterable<readonly JsonObject[]> {
  for await (const portion of portions) {
    yield portion
      .filter(({ path }) => enforcer.permitsPartially('policy', path, 'READ'))
      .map((event) =>
        policyEventEnvelope({ ...event, headers: headersOfPast(event, names) }, visible(event, enforcer)),
      );
  }
}

/** The id of the policy may be known to whoever may know of the policy. */
function visible({ id, path, value }: PolicyEvent, enforcer: Enforcer): JsonValue | undefined {
  if (value === undefined) return undefined;
  const view = enforcer.viewPolicyAt(path, value);
  return path.length === 0 ? { policyId: id, ...(isJsonObject(view) ? view : undefined) } : view;
}
