export { ProtocolQueries } from './protocol-queries.js';
export type { ProtocolQueryParts } from './protocol-queries.js';
