import { MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { NotConnected } from '@gemel/connector-parts';
import { isTopicName } from '@gemel/model/connections';
import type { MqttClient } from 'mqtt';

import { publishOptions } from './packet-headers.js';

/** Reason codes of PUBACK after which the same message would be refused again. */
const FINAL = new Map([
  [135, 'the broker does not authorise it'],
  [144, 'the broker does not take the topic'],
  [149, 'it is too large for the broker'],
  [153, 'the broker does not take the payload'],
  [154, 'the broker keeps no retained messages'],
  [155, 'the broker does not take the QoS'],
]);
const LARGEST_WINDOW = 65_535;
/** Bytes of a PUBLISH packet beside topic, payload and headers, generously. */
const PACKET_OVERHEAD = 64;

interface Waiting {
  readonly message: OutboundMessage;
  readonly settle: (error?: Error) => void;
}

/** Publishes in the order of the calls, with no more unconfirmed messages than the broker wants. */
export class Outlet {
  readonly #waiting: Waiting[] = [];
  readonly #unconfirmed = new Set<Waiting>();
  #client: MqttClient | undefined;
  #isResuming = false;

  constructor(private readonly window: number) {}

  get inFlight(): number {
    return this.#unconfirmed.size + this.#waiting.length;
  }

  opened(client: MqttClient): void {
    this.#client = client;
  }

  /** What is not confirmed by now is for the caller to send again. */
  lost(): void {
    this.#client = undefined;
    const left = [...this.#unconfirmed, ...this.#waiting.splice(0)];
    this.#unconfirmed.clear();
    for (const { settle } of left) settle(new NotConnected());
  }

  /** @throws MessageRefused @throws NotConnected */
  async publish(message: OutboundMessage): Promise<PublishOutcome> {
    const client = this.#client;
    const address = addressOf(message);
    if (client === undefined) throw new NotConnected();
    if (!isTopicName(address)) throw new MessageRefused(address, 'it cannot be an MQTT topic name');
    const largest = client.serverProperties?.maximumPacketSize;
    if (largest !== undefined && sizeOf(message) > largest) throw new MessageRefused(address, FINAL.get(149) ?? '');
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ message, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      this.#send();
    });
    return PUBLISHED;
  }

  #send(): void {
    const client = this.#client;
    if (client === undefined) return;
    const window = Math.min(this.window, client.serverProperties?.receiveMaximum ?? LARGEST_WINDOW);
    while (this.#unconfirmed.size < window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#unconfirmed.add(next);
      const options = publishOptions(next.message, client.options.protocolVersion === 5);
      client.publish(addressOf(next.message), bufferOf(next.message.payload), options, (error) => {
        this.#settle(next, error ?? undefined);
      });
    }
  }

  #settle(sent: Waiting, error: Error | undefined): void {
    if (!this.#unconfirmed.delete(sent)) return;
    const code = error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
    const reason = code === undefined ? undefined : FINAL.get(code);
    sent.settle(reason === undefined ? error : new MessageRefused(addressOf(sent.message), reason));
    this.#resume();
  }

  /** Once for all confirmations that came together, so that what they make room for goes out together, too. */
  #resume(): void {
    if (this.#isResuming || this.#waiting.length === 0) return;
    this.#isResuming = true;
    setImmediate(() => {
      this.#isResuming = false;
      this.#send();
    });
  }
}

/** A header may say it for one message. */
function addressOf({ address, headers }: OutboundMessage): string {
  return headers['mqtt.topic'] ?? address;
}

function bufferOf(payload: string | Uint8Array): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

function sizeOf({ address, payload, headers }: OutboundMessage): number {
  let bytes = PACKET_OVERHEAD + Buffer.byteLength(address) + Buffer.byteLength(payload);
  for (const [name, value] of Object.entries(headers)) bytes += 5 + Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
