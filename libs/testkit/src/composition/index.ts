export { composeOn, openComposition } from './open-composition.js';
export type { ComposedOn, OpenComposition, CompositionStores } from './open-composition.js';
