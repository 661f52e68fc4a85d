export { askedByHeaders } from './asked-by-headers.js';
export type { ReadHeader } from './asked-by-headers.js';
export type { Preconditions, SignalContext } from './context.js';
export { checkPreconditions, preconditionErrors, tagged } from './preconditions.js';
export type { PreconditionErrors, PreconditionVerb } from './preconditions.js';
export { forwardingLog } from './forwarding-log.js';
export { KnownRights } from './known-rights.js';
export { Turns } from './turns.js';
export { entityTag } from './entity-tag.js';
