import { messageContext } from '@gemel/application/ingest';
import type { SignalContext } from '@gemel/application/signals';
import { dittoPayloadOf, parseCloudEvent } from '@gemel/model/cloudevents';
import { namespaceOf } from '@gemel/model/ids';
import { parseJson } from '@gemel/model/json';
import type { PolicyCommand } from '@gemel/model/policies';
import { parseEnvelope, policyCommandOf, thingCommandOf } from '@gemel/model/protocol';
import type { ThingCommand } from '@gemel/model/things';
import { awaitWrite, defineRoute } from '../http/index.js';
import type { ApiRequest, Parameter, Route } from '../http/index.js';
import { REFUSALS, WRITE } from '../openapi/index.js';

/** Who carries out what events ask for. */
export interface CloudEventReceivers {
  readonly things: { execute(command: ThingCommand, context: SignalContext): Promise<unknown> };
  readonly policies: { execute(command: PolicyCommand, context: SignalContext): Promise<unknown> };
}

const attribute = (name: string, description: string, schema?: Parameter['schema']): Parameter => ({
  name: `ce-${name}`,
  in: 'header',
  description,
  ...(schema === undefined ? {} : { schema }),
});

/** Ditto Protocol commands in CloudEvents 1.0, for example from Knative. */
export function cloudEventRoutes(receivers: CloudEventReceivers): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/2/cloudevents',
      summary: 'Carry out the Ditto Protocol command of a CloudEvent',
      description:
        'In binary mode, with the attributes in headers, or in structured mode, with all of it in a body of the type ' +
        '`application/cloudevents+json`.',
      tag: 'CloudEvents',
      parameters: [
        attribute('specversion', 'Version of CloudEvents; required in binary mode.', { enum: ['1.0', '0.3'] }),
        attribute('id', 'Identifies the event; required in binary mode.'),
        attribute('source', 'Where the event comes from; required in binary mode.'),
        attribute('type', 'Kind of the event; required in binary mode.'),
        attribute('time', 'When it happened.', { type: 'string', format: 'date-time' }),
        attribute('dataschema', 'Must begin with `ditto:` when it is there.'),
        ...WRITE,
      ],
      body: {
        description: 'A Ditto Protocol message: a command to the twin of a thing or to a policy.',
        mediaTypes: ['*/*'],
        schema: {
          type: 'object',
          examples: [
            {
              topic: 'org.eclipse.ditto/thing-1/things/twin/commands/modify',
              path: '/',
              value: { attributes: { foo: 42 } },
            },
          ],
        },
      },
      responses: {
        ...REFUSALS.write,
        ...REFUSALS.precondition,
        ...REFUSALS.media,
        202: { description: 'The command is carried out, and its outcome stored.' },
      },
      handler: (request) =>
        awaitWrite(request, async () => {
          await carryOut(request, receivers);
          return { status: 202 };
        }),
    }),
  ];
}

async function carryOut(request: ApiRequest, { things, policies }: CloudEventReceivers): Promise<void> {
  const event = parseCloudEvent({ header: (name) => request.header(name), body: request.text() });
  const envelope = parseEnvelope(parseJson(dittoPayloadOf(event)));
  const { subjects, headers } = request.context();
  const { correlationId, trace } = request;
  // What the request says goes before what the message says.
  const context = messageContext(subjects, { ...envelope.headers, ...headers }, { correlationId, trace });
  if (envelope.topic.group === 'policies') {
    const command = policyCommandOf(envelope);
    request.requireNamespace(namespaceOf(command.policyId), 'policy');
    await policies.execute(command, context);
  } else {
    const command = thingCommandOf(envelope);
    request.requireNamespace(namespaceOf(command.thingId), 'thing');
    await things.execute(command, context);
  }
}
