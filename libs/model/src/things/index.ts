export type {
  CreateThing,
  DeleteThing,
  MergeThing,
  ModifyThing,
  ModifyingThingCommand,
  RetrieveThing,
  ThingCommand,
} from './command.js';
export type { Feature, Features, Thing, ThingState } from './thing.js';
