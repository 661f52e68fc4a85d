export { composeOn, openComposition } from './open-composition.js';
export type { ComposedOn, OpenComposition } from './open-composition.js';
