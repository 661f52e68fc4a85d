import { withValueAt, withoutValueAt } from '../json/index.js';
import type { PolicyEvent } from '../signals/index.js';
import { parseStoredPolicy } from './policy.js';
import type { Policy, PolicyState } from './policy.js';

/** The state after an event; `state` is undefined before the first one. Never throws for an event that `decidePolicy` made. */
export function evolvePolicy(state: PolicyState | undefined, event: PolicyEvent): PolicyState {
  const revival = state === undefined || state.deleted;
  return {
    policy: evolveContent(state?.policy, event),
    revision: event.revision,
    created: revival ? event.timestamp : state.created,
    modified: event.timestamp,
    deleted: event.action === 'deleted' && event.path.length === 0,
  };
}

/** A policy's content after an event of it. */
export function evolveContent(
  before: Policy | undefined,
  { id, action, path, value }: Pick<PolicyEvent, 'id' | 'action' | 'path' | 'value'>,
): Policy {
  const nothing: Policy = { policyId: id, imports: {}, entries: {} };
  const policy = before ?? nothing;
  switch (action) {
    case 'created':
    case 'modified':
      return parseStoredPolicy(withValueAt(policy, path, value ?? null));
    case 'deleted':
      return path.length === 0 ? nothing : parseStoredPolicy(withoutValueAt(policy, path));
  }
}
