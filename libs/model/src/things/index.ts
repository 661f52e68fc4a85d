export type { Feature, Features, Thing, ThingState } from './thing.js';
