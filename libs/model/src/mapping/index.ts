export { dittoMapper } from './ditto/index.js';
export {
  MessageMapperConfigFailed,
  MessageMapperNotReady,
  MessageMappingFailed,
  PayloadSchemaViolated,
} from './errors.js';
export { checkIncoming } from './incoming-schema.js';
export type {
  ConfiguredMapper,
  IncomingMessage,
  MappingScript,
  OutgoingMessage,
  OutgoingSignal,
  PayloadMapper,
} from './payload-mapper.js';
export {
  DEFAULT_MAPPING,
  MAX_MAPPED_MESSAGES,
  MAX_MAPPERS,
  mappingByAlias,
  readMappingDefinition,
} from './payload-mapping.js';
export type { PayloadMapping } from './payload-mapping.js';
