export { createThingService } from './create-thing-service.js';
export type { ThingServiceParts } from './create-thing-service.js';
export { project, projectWithPolicy } from './projection.js';
export { StructureTouched } from './structure.js';
export type { Structure, ThingTransition } from './structure.js';
export type { ThingReply } from './thing-reply.js';
export { conditionsOf } from './thing-conditions.js';
export { ThingService } from './thing-service.js';
export { THING_PRECONDITIONS, ThingPreconditions } from './thing-preconditions.js';
