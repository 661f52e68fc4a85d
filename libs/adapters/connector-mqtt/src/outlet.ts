import { MessageRefused, PUBLISHED } from '@gemel/application/ports';
import type { OutboundMessage, PublishOutcome } from '@gemel/application/ports';
import { NotConnected } from '@gemel/connector-parts';
import { PassingMap } from '@gemel/model/collections';
import { topicNameFault } from '@gemel/model/connections';
import type { MqttClient } from 'mqtt';

import { TextTooLong } from './publish-packet.js';
import { PublishWriter } from './publish-writer.js';

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
  readonly address: string;
  readonly message: OutboundMessage;
  readonly settle: (error?: Error) => void;
}

/** Publishes in the order of the calls, with no more unconfirmed messages than the broker wants. */
export class Outlet {
  readonly #waiting: Waiting[] = [];
  readonly #unconfirmed = new PassingMap<Waiting, true>();
  readonly #drained: (() => void)[] = [];
  #client: MqttClient | undefined;
  #writer: PublishWriter | undefined;
  #isResuming = false;

  constructor(private readonly window: number) {}

  get inFlight(): number {
    return this.#unconfirmed.size + this.#waiting.length;
  }

  opened(client: MqttClient): void {
    this.#client = client;
    this.#writer = new PublishWriter(client);
  }

  /** What is not confirmed by now is for the caller to send again. */
  lost(): void {
    this.#client = undefined;
    this.#writer = undefined;
    const left = [...this.#unconfirmed.keys(), ...this.#waiting.splice(0)];
    this.#unconfirmed.clear();
    for (const { settle } of left) settle(new NotConnected());
    this.#settled();
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** Rejects with MessageRefused or NotConnected. */
  publish(message: OutboundMessage): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      const address = addressOf(message);
      const fault = topicNameFault(address);
      const largest = this.#client?.serverProperties?.maximumPacketSize;
      if (this.#client === undefined) reject(new NotConnected());
      else if (fault !== undefined) reject(new MessageRefused(address, fault));
      else if (largest !== undefined && sizeOf(message) > largest)
        reject(new MessageRefused(address, FINAL.get(149) ?? ''));
      else {
        this.#waiting.push({
          address,
          message,
          settle: (error) => (error === undefined ? resolve(PUBLISHED) : reject(error)),
        });
        this.#send();
      }
    });
  }

  #send(): void {
    const window = Math.min(this.window, this.#client?.serverProperties?.receiveMaximum ?? LARGEST_WINDOW);
    const writer = this.#writer;
    while (writer !== undefined && this.#unconfirmed.size < window) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#unconfirmed.set(next, true);
      this.#write(next, writer);
    }
  }

  #write(next: Waiting, writer: PublishWriter): void {
    const { address, message } = next;
    try {
      writer.publish(address, message, (error) => this.#settle(next, error));
    } catch (error) {
      if (!(error instanceof TextTooLong)) throw error;
      this.#settle(next, new MessageRefused(address, error.message));
    }
  }

  #settle(sent: Waiting, error: Error | undefined): void {
    if (!this.#unconfirmed.delete(sent)) return;
    const code = error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
    const reason = code === undefined ? undefined : FINAL.get(code);
    sent.settle(reason === undefined ? error : new MessageRefused(sent.address, reason));
    if (this.#waiting.length > 0) this.#resume();
    else this.#settled();
  }

  #settled(): void {
    if (this.inFlight > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Once for all confirmations that came together, so that what they make room for goes out together, too. */
  #resume(): void {
    if (this.#isResuming) return;
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

function sizeOf({ address, payload, headers }: OutboundMessage): number {
  let bytes = PACKET_OVERHEAD + Buffer.byteLength(address) + Buffer.byteLength(payload);
  for (const [name, value] of Object.entries(headers)) bytes += 5 + Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}
