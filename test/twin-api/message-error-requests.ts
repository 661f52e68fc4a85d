import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { eventually } from '@gemel/testkit/waiting';
import { call } from '../support/api.js';
import type { Solo } from '../support/solo.js';

/** A Ditto Protocol message over a connection that an error code answers at its reply target. */
export interface MessageErrorRequest {
  readonly code: string;
  readonly status: number;
  /** Of MQTT. */
  readonly address: string;
  readonly topic: string;
  readonly path?: string;
  readonly value?: object | string;
  /** Is sent first; where the value says `ID` stands the id of the subscription that answers it. */
  readonly first?: { readonly topic: string; readonly value: object };
}

const SEARCH = '_/_/things/twin/search';
const PAST = 't/full/things/twin/streaming';
const ASKED = { address: 'asked/any' };

export const MESSAGE_ERROR_REQUESTS: readonly MessageErrorRequest[] = [
  {
    ...ASKED,
    code: 'thing-search:subscription.not.found',
    status: 404,
    topic: `${SEARCH}/request`,
    value: { subscriptionId: 'none', demand: 1 },
  },
  {
    ...ASKED,
    code: 'thing-search:subscription.protocol.error',
    status: 400,
    topic: `${SEARCH}/request`,
    first: { topic: `${SEARCH}/subscribe`, value: {} },
    value: { subscriptionId: 'ID', demand: 0 },
  },
  {
    ...ASKED,
    code: 'streaming.subscription.not.found',
    status: 404,
    topic: `${PAST}/request`,
    value: { subscriptionId: 'none', demand: 1 },
  },
  {
    ...ASKED,
    code: 'streaming.subscription.protocol.error',
    status: 400,
    topic: `${PAST}/request`,
    first: { topic: `${PAST}/subscribeForPersistedEvents`, value: {} },
    value: { subscriptionId: 'ID', demand: 0 },
  },
  {
    code: 'connectivity:connection.id.enforcement.failed',
    status: 400,
    address: 'enforced/other',
    topic: 't/full/things/twin/commands/retrieve',
  },
  {
    code: 'connectivity:message.mapping.failed',
    status: 400,
    address: 'mapped/any',
    topic: 't/full/things/twin/commands/retrieve',
  },
  {
    code: 'things:event.notallowed',
    status: 403,
    address: 'others/any',
    topic: 't/shared/things/live/events/modified',
    path: '/attributes/a',
    value: '1',
  },
];

const ANSWERS = 'answers';
const OPERATOR = { authorization: `Basic ${btoa('devops:devops')}` };

/** A connection from the embedded broker to itself, with a source for each way to be refused. */
function connectionTo(broker: string): object {
  const source = (address: string, user: string, more: object = {}) => ({
    addresses: [`${address}/#`],
    authorizationContext: [`nginx:${user}`],
    qos: 0,
    replyTarget: { address: ANSWERS, expectedResponseTypes: ['response', 'error'] },
    ...more,
  });
  return {
    connectionType: 'mqtt',
    connectionStatus: 'open',
    uri: broker.replace('mqtt://', 'tcp://ditto:ditto@'),
    sources: [
      source('asked', 'ditto'),
      source('others', 'other'),
      source('enforced', 'ditto', {
        enforcement: { input: '{{ source:address }}', filters: ['enforced/{{ thing:name }}'] },
      }),
      source('mapped', 'ditto', { payloadMapping: ['failing'] }),
    ],
    mappingDefinitions: {
      failing: {
        mappingEngine: 'JavaScript',
        options: { incomingScript: "function mapToDittoProtocolMsg() { throw new Error('no'); }" },
      },
    },
  };
}

/** What each of the requests is answered, as `status code`, one after the other. */
export async function answersToMessages(
  solo: Solo,
  requests: readonly MessageErrorRequest[],
): Promise<readonly string[]> {
  const created = await call(solo, 'POST', '/api/2/connections', connectionTo(solo.mqtt), OPERATOR);
  const { id } = created.body as { readonly id: string };
  await eventually(
    () => call(solo, 'GET', `/api/2/connections/${id}/status`, undefined, OPERATOR),
    ({ body }) => (body as { readonly liveStatus?: string }).liveStatus === 'open',
  );
  const client = await mqtt.connectAsync(solo.mqtt, { username: 'ditto', password: 'ditto', reconnectPeriod: 0 });
  try {
    const device = new Device(client);
    await client.subscribeAsync(ANSWERS, { qos: 0 });
    const answers: string[] = [];
    for (const request of requests) answers.push(await device.answerTo(request));
    return answers;
  } finally {
    await client.endAsync();
  }
}

class Device {
  readonly #got: string[] = [];

  constructor(private readonly client: MqttClient) {
    client.on('message', (_topic, payload) => this.#got.push(payload.toString()));
  }

  /** As `status code`. */
  async answerTo({ address, topic, path = '/', value, first }: MessageErrorRequest): Promise<string> {
    const subscribed = first && (await this.#exchange(address, JSON.stringify({ ...first, path: '/' })));
    const text = JSON.stringify({ topic, path, ...(value === undefined ? {} : { value }) });
    const answer = await this.#exchange(address, text.replace('"ID"', idIn(subscribed ?? '')));
    return `${textIn(answer, /"status":(\d+)/)} ${textIn(answer, /"error":"([^"]+)"/)}`;
  }

  async #exchange(address: string, message: string): Promise<string> {
    const before = this.#got.length;
    await this.client.publishAsync(address, message);
    const answers = await eventually(
      () => Promise.resolve(this.#got.slice(before)),
      (got) => got.length > 0,
    );
    return answers[0] ?? '';
  }
}

/** With its quotes. */
function idIn(answer: string): string {
  return textIn(answer, /"subscriptionId":("[^"]+")/);
}

/** An error is the value of an answer, or a member of it: that of a subscription. */
function textIn(answer: string, pattern: RegExp): string {
  return pattern.exec(answer)?.[1] ?? answer;
}
