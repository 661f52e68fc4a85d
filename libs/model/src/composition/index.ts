export { findCycle, findPath } from './cycle.js';
export type { Edges } from './cycle.js';
export * from './errors.js';
export * from './refusals.js';
export { FAULT_KINDS, closingLinks, faultsOf, mentionedParents, repairedParents } from './integrity.js';
export type { ClosingLink, Fault, FaultKind, KindLookup } from './integrity.js';
export { kindOf } from './kind.js';
export type { Kind } from './kind.js';
export {
  PARENTS,
  linkCommand,
  parentLinks,
  parseCount,
  parentsValue,
  unlinkAllCommand,
  unlinkCommand,
} from './parents.js';
export type { ParentLink } from './parents.js';
export { planInstances } from './plan-instances.js';
export type { InstanceRequest, SourceGraph, SourceLink, SourceNode } from './plan-instances.js';
export { ThingHasChildren, refusalOfFault } from './strict-errors.js';
export {
  RESTRICTED_ATTRIBUTES,
  hasRestrictedAttributes,
  ownAttributes,
  restrictedAttributes,
  withAttributes,
  withoutKind,
} from './restricted-attributes.js';
