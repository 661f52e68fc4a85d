export type {
  CreateThing,
  DeleteThing,
  MergeThing,
  ModifyThing,
  ModifyingThingCommand,
  RetrieveThing,
  ThingCommand,
} from './command.js';
export { decide, liveThing } from './decide.js';
export type { ThingDecision } from './decide.js';
export * from './errors.js';
export { evolve } from './evolve.js';
export { withHiddenMembers } from './hidden-members.js';
export { deleteMetadata, metadataAt, pickMetadata, putMetadata, visibleMetadata } from './metadata/index.js';
export { parseStoredContent, storedContent } from './stored-content.js';
export { commandUnlessEqual } from './if-equal.js';
export type { PolicyReference } from './policy-reference.js';
export { prepare } from './prepare.js';
export type { BodyExtras, PreparedCommand } from './prepare.js';
export { thingResourceAt, thingResources } from './resources/index.js';
export type { ThingResource, ThingResourceDefinition } from './resources/index.js';
export { parseStoredThing } from './thing.js';
export type { Feature, Features, Thing, ThingState } from './thing.js';
