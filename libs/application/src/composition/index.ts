export type { CompositionReader, PageRequest, Tree } from './composition-reader.js';
export { createComposition } from './create-composition.js';
export type { Composition } from './create-composition.js';
export type { EntityService, Written } from './entity-service.js';
export type { BrokenThing, IntegrityReport, IntegrityService, RepairReport } from './integrity-service.js';
export { MAX_THINGS } from './graph-reader.js';
export type { Copying, TreeService } from './tree-service.js';
export type { TwinApi } from './twin-api.js';
