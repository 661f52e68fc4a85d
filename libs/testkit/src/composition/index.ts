export { openComposition } from './open-composition.js';
export type { OpenComposition } from './open-composition.js';
