import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@gemel/model/json';
import { eventually } from '@gemel/testkit/waiting';
import { protocolMessages } from './brokers/index.js';
import type { Broker, Inbox, OpenBroker, Outbox, ProtocolMessage } from './brokers/index.js';
import { Operated } from './operated.js';
import type { Started } from './operated.js';

const SUBJECTS = ['nginx:ditto'];
/** A broker may have to notice first that somebody has gone. */
const PATIENCE_MS = 20_000;

const SCRIPT = `
function mapToDittoProtocolMsg(headers, textPayload, bytePayload, contentType) {
  const [what, namespace, name, n] = textPayload.split(' ');
  if (what === 'throw') throw new Error('it cannot be read');
  if (what === 'loop') for (;;);
  if (what === 'eat') for (const all = []; ; ) all.push({ n: all.length });
  if (what === 'nothing') return null;
  const message = (path, value) =>
    Ditto.buildDittoProtocolMsg(namespace, name, 'things', 'twin', 'commands', 'modify', path, {}, value);
  const bytes = new Uint8Array(bytePayload);
  if (what === 'size') return message('/attributes/size', bytes.length);
  if (what === 'bytes') return message('/attributes/bytes', Array.from(bytes.slice(bytes.lastIndexOf(32) + 1)));
  if (what === 'twice') return [message('/attributes/first', Number(n)), message('/attributes/second', Number(n))];
  return message('/attributes/n', Number(n));
}`;

const TO_TEXT = `
function mapFromDittoProtocolMsg(namespace, name, group, channel, criterion, action, path, dittoHeaders, value) {
  if (value === 98) return Ditto.buildExternalMsg({}, name + '=' + 'x'.repeat(1000000), null, 'text/plain');
  if (value === 99) return null;
  return Ditto.buildExternalMsg({ by: 'script' }, name + '=' + value, null, 'text/plain');
}`;

/** What a test needs of one connection that was opened over the API, and of what is on its other side. */
export interface OpenedConnection {
  readonly id: string;
  readonly gemel: Operated;
  readonly broker: Broker;
  readonly namespace: string;
  /** Ditto Protocol, with answers. */
  readonly inbox: Inbox;
  /** The key must be the name of the thing. */
  readonly enforced: Inbox;
  /** `set NAMESPACE NAME N`, what is as large as the message (`size`), and what makes the script fail. */
  readonly scripted: Inbox;
  readonly answers: Outbox;
  readonly events: Outbox;
  readonly live: Outbox;
  /** `NAME=N` of attributes n above 90; of 98 a megabyte, of 99 nothing. */
  readonly mapped: Outbox;
  readonly targets: { readonly events: string; readonly live: string; readonly mapped: string; readonly lost: string };
  /** A new thing; answers its name. */
  newThing(attributes?: JsonObject): Promise<string>;
  attribute(name: string, attribute: string): Promise<unknown>;
  expectAttribute(name: string, attribute: string, value: unknown): Promise<void>;
  write(name: string, attribute: string, value: unknown, headers?: Record<string, string>): Promise<number>;
  /** Of a thing, as the target brought them. */
  eventsOf(name: string): readonly ProtocolMessage[];
  /** The first answer with a correlation id. */
  answerTo(correlationId: string): Promise<ProtocolMessage | undefined>;
  close(): Promise<void>;
}

/** A Ditto Protocol message. */
export function commandOn(namespace: string, name: string, action: string, rest: JsonObject): string {
  return JSON.stringify({ topic: `${namespace}/${name}/things/twin/commands/${action}`, ...rest });
}

const NOWHERE: Inbox = { address: '', send: () => Promise.reject(new Error('nothing comes in over this transport')) };

export async function openConnection(started: Started, open: OpenBroker): Promise<OpenedConnection> {
  const namespace = `c${randomUUID().replaceAll('-', '').slice(0, 10)}`;
  const gemel = new Operated(started);
  const broker = await open(namespace);
  const inboxOf = async (name: string) => (await broker.inbox?.(name)) ?? NOWHERE;
  const [inbox, enforced, scripted] = [await inboxOf('in'), await inboxOf('enforced'), await inboxOf('scripted')];
  const outboxes: Outbox[] = [];
  for (const name of ['answers', 'events', 'live', 'mapped']) outboxes.push(await broker.outbox(name));
  const [answers, events, live, mapped] = outboxes;
  if (answers === undefined || events === undefined || live === undefined || mapped === undefined)
    throw new Error('there is an outbox for each name');
  const targets = {
    events: events.address('{{ thing:name }}'),
    live: live.address('{{ thing:name }}'),
    mapped: mapped.address('{{ thing:name }}'),
    lost: events.address('{{ header:nowhere }}{{ thing:name }}'),
  };
  const id = await gemel.create({
    ...broker.connection,
    mappingDefinitions: {
      script: { mappingEngine: 'JavaScript', options: { incomingScript: SCRIPT } },
      text: { mappingEngine: 'JavaScript', options: { outgoingScript: TO_TEXT } },
    },
    sources: broker.inbox === undefined ? [] : sourcesOf(broker, { inbox, enforced, scripted, answers }),
    targets: targetsOf(namespace, targets),
  });
  await gemel.statusIs(id, 'open');
  const eventsOf = (name: string) =>
    protocolMessages(events.received).filter(({ topic }) => topic.startsWith(`${namespace}/${name}/`));
  const attribute = async (name: string, path: string) =>
    (await gemel.call('GET', `/api/2/things/${namespace}:${name}/attributes/${path}`)).body;
  return {
    ...{ id, gemel, broker, namespace, inbox, enforced, scripted, answers, events, live, mapped, targets },
    newThing: async (attributes = {}) => {
      const name = `t${randomUUID().slice(0, 8)}`;
      const { status } = await gemel.call('PUT', `/api/2/things/${namespace}:${name}`, { attributes });
      if (status !== 201) throw new Error(`status ${status}`);
      return name;
    },
    attribute,
    expectAttribute: async (name, path, value) => {
      const wanted = JSON.stringify(value);
      await eventually(
        () => attribute(name, path),
        (found) => JSON.stringify(found) === wanted,
        PATIENCE_MS,
      );
    },
    write: async (name, path, value, headers) => {
      const url = `/api/2/things/${namespace}:${name}/attributes/${path}`;
      return (await gemel.call('PUT', url, JSON.stringify(value), headers)).status;
    },
    eventsOf,
    answerTo: (correlationId) =>
      eventually(
        async () =>
          protocolMessages(answers.received).find(({ headers }) => headers['correlation-id'] === correlationId),
        (answer) => answer !== undefined,
        PATIENCE_MS,
      ),
    close: async () => {
      await gemel.delete(id);
      await broker.close();
    },
  };
}

interface Ends {
  readonly inbox: Inbox;
  readonly enforced: Inbox;
  readonly scripted: Inbox;
  readonly answers: Outbox;
}

function sourcesOf(broker: Broker, { inbox, enforced, scripted, answers }: Ends): readonly JsonObject[] {
  const common = {
    qos: 1,
    authorizationContext: SUBJECTS,
    replyTarget: {
      enabled: true,
      address: answers.address('x'),
      expectedResponseTypes: ['response', 'error', 'nack'],
      headerMapping: { 'correlation-id': '{{ header:correlation-id }}' },
    },
  };
  const gateway = "{{ header:gateway-id | fn:default('none') }}";
  return [
    {
      ...common,
      addresses: [inbox.address],
      headerMapping: { gateway, 'correlation-id': '{{ header:correlation-id }}' },
      declaredAcks: ['{{connection:id}}:device'],
    },
    { ...common, addresses: [enforced.address], enforcement: broker.enforcement('enforced') },
    { ...common, addresses: [scripted.address], payloadMapping: ['script'] },
  ];
}

function targetsOf(namespace: string, addresses: OpenedConnection['targets']): readonly JsonObject[] {
  const common = { qos: 1, authorizationContext: SUBJECTS };
  const events = `_/_/things/twin/events?namespaces=${namespace}`;
  return [
    {
      ...common,
      address: addresses.events,
      topics: [`${events}&extraFields=attributes/place`],
      headerMapping: {
        'content-type': '{{ header:content-type }}',
        'correlation-id': '{{ header:correlation-id }}',
        thing: '{{ thing:id }}',
        kind: '{{ topic:action | fn:upper() }}',
        nowhere: '{{ header:nowhere }}',
      },
    },
    {
      ...common,
      address: addresses.live,
      topics: [`_/_/things/live/messages?namespaces=${namespace}`],
      issuedAcknowledgementLabel: '{{connection:id}}:taken',
    },
    {
      ...common,
      address: addresses.mapped,
      topics: [`${events}&filter=gt(attributes/n,90)`],
      payloadMapping: ['text'],
    },
    { ...common, address: addresses.lost, topics: [`${events}&filter=exists(attributes/lost)`] },
  ];
}
