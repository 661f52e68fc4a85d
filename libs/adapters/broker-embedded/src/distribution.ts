import type { Aedes, Client, PublishPacket } from 'aedes';

import { publishPacketOf } from './kept-packets.js';
import type { Sessions } from './sessions.js';

/** Hands messages to subscribers, sessions and the retained messages. */
export class Distribution {
  readonly #sessions: Sessions;
  #aedes: Aedes | undefined;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  begin(aedes: Aedes): void {
    this.#aedes = aedes;
  }

  /**
   * Resolves when subscribers have been handed the message and what must be kept of it is on disk. Two QoS 2 messages of
   * a sender's under one id are one.
   * @throws StorageFault it may be kept nevertheless: distribute it again
   */
  async distribute(packet: PublishPacket, sender?: Client): Promise<void> {
    const sessions = this.#sessions;
    // Before more is noted than a full disk takes.
    if (sessions.isFailing) await sessions.written();
    const { qos, messageId } = packet;
    const published = this.#publish(packet);
    if (sender !== undefined && qos === 2 && messageId !== undefined)
      await sessions.incomingStorePacket(sender, { messageId });
    await published;
    await sessions.written();
  }

  /** What the broker says of itself: to subscribers now, and to later ones while the process lives. */
  tell(topic: string, text: string): void {
    const message = { topic, payload: Buffer.from(text), qos: 0, retain: false } as const;
    this.#sessions.storeOwn(message);
    // At QoS 0 nothing is kept that could fail.
    this.#publish(publishPacketOf(message)).catch(() => undefined);
  }

  #publish(packet: PublishPacket): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error): void => {
        if (error) reject(error);
        else resolve();
      };
      if (this.#aedes === undefined) reject(new Error('the broker has not begun'));
      else this.#aedes.publish(packet, done);
    });
  }
}
