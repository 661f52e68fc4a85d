export { openapiDocument } from './openapi-document.js';
export { withDocumentation } from './openapi-routes.js';
export * from './parameters.js';
export { schemaRef } from './schemas.js';
