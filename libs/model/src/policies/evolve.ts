import { withValueAt, withoutValueAt } from '../json/index.js';
import type { JsonPointer } from '../json/index.js';
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
      return normalized(parseStoredPolicy(withValueAt(policy, path, value ?? null)), path);
    case 'deleted':
      if (path.length === 0) return nothing;
      // There is always a map of imports.
      if (path[0] === 'imports' && path.length === 1) return { ...policy, imports: {} };
      return parseStoredPolicy(withoutValueAt(policy, path));
  }
}

/** In the one form that a part has whichever way it came to be. */
function normalized(policy: Policy, [group, name = '', part]: JsonPointer): Policy {
  if (group === 'imports' && part !== undefined) return withImport(policy, name);
  return part === 'references' ? withReferences(policy, name) : policy;
}

/** An import that says something says which entries; an empty list of transitive imports is none. */
function withImport(policy: Policy, id: string): Policy {
  const { entries = [], transitiveImports = [] } = policy.imports[id] ?? {};
  const value = transitiveImports.length === 0 ? { entries } : { entries, transitiveImports };
  return parseStoredPolicy(withValueAt(policy, ['imports', id], value));
}

/** An empty list of references is none. */
function withReferences(policy: Policy, label: string): Policy {
  const references = policy.entries[label]?.references;
  return references?.length === 0
    ? parseStoredPolicy(withoutValueAt(policy, ['entries', label, 'references']))
    : policy;
}
