import type { CloudEvent } from './cloud-event.js';
import { CloudEventDataSchemaUnsupported, CloudEventDataTypeUnsupported, CloudEventPayloadMissing } from './errors.js';

/** Content types of data that is a Ditto Protocol message (gateway.conf, `cloud-events`). */
const DATA_TYPES = ['application/json', 'application/vnd.eclipse.ditto+json'];

/**
 * The Ditto Protocol message in an event, as text. Checked in Ditto's order: payload, content type, schema.
 * @throws CloudEventPayloadMissing @throws CloudEventDataTypeUnsupported @throws CloudEventDataSchemaUnsupported
 */
export function dittoPayloadOf({ data, dataContentType, dataSchema }: CloudEvent): string {
  if (data === undefined) throw new CloudEventPayloadMissing();
  const [type = ''] = dataContentType?.split(';', 1) ?? [];
  if (!DATA_TYPES.includes(type.trim().toLowerCase()))
    throw new CloudEventDataTypeUnsupported(dataContentType ?? 'none', DATA_TYPES);
  if (dataSchema !== undefined && !dataSchema.startsWith('ditto:'))
    throw new CloudEventDataSchemaUnsupported(dataSchema);
  if (data === '') throw new CloudEventPayloadMissing();
  return data;
}
