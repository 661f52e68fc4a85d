export { findCycle, findPath } from './cycle.js';
export type { Edges } from './cycle.js';
export * from './errors.js';
export * from './refusals.js';
export { FAULT_KINDS, closingLinks, faultsOf, mentionedParents, repairedParents } from './integrity.js';
export type { ClosingLink, Fault, FaultKind, KindLookup } from './integrity.js';
export { criteriaOfKind, kindOf, tellsKind } from './kind.js';
export type { Kind } from './kind.js';
export {
  PARENTS,
  POSITION,
  linkCommand,
  parentLinks,
  parseCount,
  parentsValue,
  unlinkAllCommand,
  unlinkCommand,
} from './parents.js';
export type { ParentLink } from './parents.js';
export { parentsFirst } from './parents-first.js';
export { planInstances } from './plan-instances.js';
export type { InstanceRequest, SourceGraph, SourceLink, SourceNode } from './plan-instances.js';
export { ParentsInvalid, ThingHasChildren, refusalOfFault } from './strict-errors.js';
export { nullLeaves } from './reset-values.js';
export {
  RESTRICTED_ATTRIBUTES,
  hasRestrictedAttributes,
  ownAttributes,
  restrictedAttributes,
  withAttributes,
  withoutKind,
} from './restricted-attributes.js';
export { LINKS, ambiguousName, linkName, linkTemplate, settingsPatch } from './link-settings.js';
export { arrange, compareSiblings, placeAt, positionPointer, rankOf, siblingOf } from './position.js';
export type { Ranks, Sibling } from './position.js';
export { RELATIONS, isSameRelation, parseRelationName, relating, relationsOf, unrelating } from './relations.js';
export type { Relation } from './relations.js';
export { linkBelow } from './link-below.js';
export { nameOfPart, parseNameTemplate } from './name-template.js';
export type { NameTemplate } from './name-template.js';
export { NOTHING, PlanRefused, joinPlans, planJson } from './plan.js';
export type { Conflict, Plan, Step } from './plan.js';
export { partName, planTwins } from './plan-twins.js';
export type { LinkDown, Seed, Source, Sources, TwinOptions } from './plan-twins.js';
export { countAt, idAt, parseMembers, parseTwinRequest, textAt } from './twin-request.js';
export type { PartRequest, PolicyChoice, TwinRequest } from './twin-request.js';
export { compareWithLink } from './plan-reconcile.js';
export type { LinkDifference, LinkInstances } from './plan-reconcile.js';
export { RESERVED_ATTRIBUTES } from './restricted-attributes.js';
