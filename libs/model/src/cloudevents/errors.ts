import { defineError } from '../errors/index.js';

export const CloudEventUnparsable = defineError('cloudevent.unparsable', 400, (reason: string) => ({
  message: `Unable to parse as Cloud Event because of: <${reason}>`,
  description:
    'Ensure that the event is being transmitted according to the Cloud Events HTTP binding specification v1.0 and that ' +
    'all mandatory headers were set.',
  href: 'https://github.com/cloudevents/spec/blob/v1.0/http-protocol-binding.md',
}));

export const CloudEventPayloadMissing = defineError('cloudevent.payload.missing', 400, () => ({
  message: "The Cloud Event's payload is missing.",
  description: 'Ensure to provide payload in the Cloud Event.',
}));

export const CloudEventDataSchemaUnsupported = defineError(
  'cloudevent.dataschema.unsupported',
  400,
  (dataSchema: string) => ({
    message: `The provided Cloud Event dataschema <${dataSchema}> is not supported for this resource.`,
    description: "Ensure that the URI's scheme is 'ditto', so the complete dataschema starts with 'ditto:'",
  }),
);

export const CloudEventDataTypeUnsupported = defineError(
  'mediatype.unsupported',
  415,
  (given: string, allowed: readonly string[]) => ({
    message: `The Media-Type <${given}> is not supported for this resource.`,
    description: `Allowed Media-Types are: <[${allowed.join(', ')}]>.`,
  }),
);
