import { defineError } from '../errors/index.js';

export const CloudEventUnparsable = defineError('cloudevent.unparsable', 400, (reason: string) => ({
  message: `This is not a CloudEvent: ${reason}.`,
  description:
    'Send it as the HTTP binding 1.0 of CloudEvents says, with ce-id, ce-source, ce-specversion and ce-type.',
  href: 'https://github.com/cloudevents/spec/blob/v1.0/http-protocol-binding.md',
}));

export const CloudEventPayloadMissing = defineError('cloudevent.payload.missing', 400, () => ({
  message: 'The CloudEvent has no data.',
  description: 'Send a Ditto Protocol message as its data.',
}));

export const CloudEventDataSchemaUnsupported = defineError(
  'cloudevent.dataschema.unsupported',
  400,
  (dataSchema: string) => ({
    message: `The dataschema '${dataSchema}' is not taken here.`,
    description: "Its scheme must be 'ditto', as in 'ditto:protocol'.",
  }),
);

export const CloudEventDataTypeUnsupported = defineError(
  'mediatype.unsupported',
  415,
  (given: string, allowed: readonly string[]) => ({
    message: `The Content-Type '${given}' is not supported here.`,
    description: `Allowed: ${allowed.join(', ')}.`,
  }),
);
