export { metadataAfter, visibleMetadata } from './follow-content.js';
export { deleteMetadata, metadataAt, pickMetadata, putMetadata } from './metadata.js';
