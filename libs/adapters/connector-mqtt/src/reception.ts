import type { Connection, Qos } from '@gemel/model/connections';
import type { MqttClient } from 'mqtt';
import type { IPublishPacket, Packet } from 'mqtt-packet';

import type { Confirmation, Intake } from './intake.js';
import { encodeConfirmations } from './confirmation-packets.js';
import { subscribe } from './subscriptions.js';

/**
 * Brings what a client receives to the intake. The client itself would confirm each message before it reads the next one,
 * which makes one commit at a time of many: here messages are read on, and confirmed when they are handled.
 */
export class Reception {
  readonly #connection: Connection;
  readonly #intake: Intake;
  readonly #keepAliveSeconds: number;
  #sessionPresent = false;
  /** In this process; a former one may have had other sources. */
  #hasSubscribed = false;
  #keepingAlive: NodeJS.Timeout | undefined;

  constructor(connection: Connection, intake: Intake, keepAliveSeconds: number) {
    this.#connection = connection;
    this.#intake = intake;
    this.#keepAliveSeconds = keepAliveSeconds;
  }

  prepare(client: MqttClient): void {
    const confirmations = new ConfirmationWriter(client);
    let qos: Qos = 0;
    client.on('packetreceive', (packet: Packet) => {
      if (packet.cmd === 'connack') {
        this.#sessionPresent = packet.sessionPresent;
        this.#intake.connected(packet.sessionPresent, (confirmation) => {
          confirmations.add(confirmation);
        });
      } else if (packet.cmd === 'publish') {
        qos = packet.qos;
        // So that the client confirms nothing by itself: the intake does.
        packet.qos = 0;
      } else if (packet.cmd === 'pubrel' && packet.messageId !== undefined) {
        this.#intake.released(packet.messageId);
      }
    });
    client.handleMessage = (packet: IPublishPacket, done) => {
      this.#intake.take(packet, qos, done);
    };
  }

  /** @throws SubscriptionRefused */
  async opened(client: MqttClient): Promise<void> {
    if (this.#keepAliveSeconds > 0) this.#keepAlive(client);
    if (this.#sessionPresent && this.#hasSubscribed) return;
    await subscribe(client, this.#connection);
    this.#hasSubscribed = true;
  }

  lost(): void {
    this.#intake.disconnected();
    clearInterval(this.#keepingAlive);
    this.#keepingAlive = undefined;
  }

  /** While reading is held the broker's answers to pings are not read, either: the client must not take it for dead. */
  #keepAlive(client: MqttClient): void {
    this.#keepingAlive = setInterval(
      () => {
        if (!this.#intake.isHeld || !client.connected) return;
        client.sendPing();
        client.reschedulePing(true);
      },
      (this.#keepAliveSeconds * 1_000) / 3,
    );
  }
}

/** Confirmations of one turn of the event loop leave in one write. */
class ConfirmationWriter {
  #waiting: Confirmation[] = [];

  constructor(private readonly client: MqttClient) {}

  add(confirmation: Confirmation): void {
    this.#waiting.push(confirmation);
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const { stream, connected } = this.client;
    const bytes = encodeConfirmations(this.#waiting);
    this.#waiting = [];
    if (connected && !stream.destroyed) stream.write(bytes);
  }
}
