export { BlockedNamespaces } from './blocked-namespaces.js';
export type { BlockedNamespacesParts } from './blocked-namespaces.js';
export { NamespaceBlocked } from './errors.js';
export { gatedLog, gatedStates } from './gates.js';
export { NamespacePurge } from './namespace-purge.js';
export type { NamespacePurgeParts } from './namespace-purge.js';
