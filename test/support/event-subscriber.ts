import { randomUUID } from 'node:crypto';
import mqtt from 'mqtt';

/** A counter's event as it came over MQTT. */
export interface SeenEvent {
  readonly revision: number;
  /** Device's time of the value; undefined when the event set none. */
  readonly time: number | undefined;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
}

/** Subscribes to twin events with a session that outlives connections: what the broker has taken comes. */
export class EventSubscriber {
  readonly #events = new Map<string, SeenEvent[]>();

  private constructor(private readonly client: mqtt.MqttClient) {
    client.on('message', (_topic, payload) => {
      this.#take(payload.toString());
    });
    client.on('error', () => undefined);
  }

  static async open(url: string, filter: string): Promise<EventSubscriber> {
    const clientId = `subscriber-${randomUUID().slice(0, 8)}`;
    const client = await mqtt.connectAsync(url, { clientId, clean: false, reconnectPeriod: 100 });
    const subscriber = new EventSubscriber(client);
    await client.subscribeAsync(filter, { qos: 1 });
    return subscriber;
  }

  /** In the order in which they came. */
  of(thingId: string): readonly SeenEvent[] {
    return this.#events.get(thingId) ?? [];
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }

  #take(text: string): void {
    const { topic, revision, value } = parseEvent(text);
    const [namespace = '', name = ''] = topic.split('/');
    const thingId = `${namespace}:${name}`;
    const seen = this.#events.get(thingId) ?? [];
    seen.push({ revision, time: value?.time, at: Date.now() });
    this.#events.set(thingId, seen);
  }
}

interface EventPayload {
  readonly topic: string;
  readonly revision: number;
  readonly value?: { readonly time?: number };
}

function parseEvent(text: string): EventPayload {
  return JSON.parse(text) as EventPayload;
}
