export { parseCloudEvent } from './cloud-event.js';
export type { CloudEvent, HttpMessage } from './cloud-event.js';
export { dittoPayloadOf } from './ditto-payload.js';
export {
  CloudEventDataSchemaUnsupported,
  CloudEventDataTypeUnsupported,
  CloudEventPayloadMissing,
  CloudEventUnparsable,
} from './errors.js';
