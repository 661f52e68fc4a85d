export { MAX_LEAF_DEPTH, MEASUREMENT, leavesOf } from './leaves.js';
export type { Leaf } from './leaves.js';
export { parseMoment, parseSpan } from './moment.js';
export { changesTags, tagsAfter, tagsAlong, tagsOf } from './thing-tags.js';
export type { ThingTags } from './thing-tags.js';
