import type { InboundHandler } from '@gemel/application/ports';
import type { Client, PublishPacket } from 'aedes';

import type { Acknowledge } from './acknowledgements.js';
import type { Identity } from './clients.js';
import type { BrokerCounts } from './counters.js';
import type { Distribution } from './distribution.js';
import type { BrokerLimits } from './limits.js';
import type { Refusals } from './refusals.js';
import type { Sessions } from './sessions.js';
import type { TopicRights } from './topic-rights.js';

/** A refused message goes here: MQTT 3.1.1 can only confirm it or close, and nobody may subscribe to this. */
const NOWHERE = '$nowhere';

interface Parts {
  readonly onMessage: InboundHandler;
  readonly limits: BrokerLimits;
  readonly sessions: Sessions;
  readonly rights: TopicRights;
  readonly refusals: Refusals;
  readonly counts: BrokerCounts;
  readonly distribution: Distribution;
}

/** Decides what becomes of a message that a client publishes: it is confirmed when `acknowledge` is called. */
export class Publishing {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  authorize(
    identity: Identity | undefined,
    client: Client | null,
    packet: PublishPacket,
    acknowledge: Acknowledge,
  ): void {
    const { counts, limits, rights } = this.#parts;
    if (identity === undefined || client === null) {
      acknowledge(new Error('the sender is unknown'));
      return;
    }
    counts.count('published');
    if (packet.payload.length > limits.packetBytes) {
      acknowledge(new Error(`a message of ${packet.payload.length} bytes is too large`));
      return;
    }
    const settle = identity.acknowledgements.begin(untilClosed(client, packet, acknowledge));
    const refusal = rights.publish(packet.topic, identity.access);
    if (refusal !== undefined) {
      this.#parts.refusals.publish(identity.username, packet.topic, refusal);
      discard(packet);
      settle(null);
    } else if (this.#wasTaken(client, packet)) {
      settle(null);
    } else if (rights.isSource(packet.topic)) {
      void this.#hand(identity, packet).then((outcome) => {
        if (outcome === null) this.#keep(client, packet, settle);
        else settle(outcome);
      });
    } else {
      this.#keep(client, packet, settle);
    }
  }

  /**
   * What a session or the retained messages must keep is distributed before it is confirmed, and not again by aedes,
   * which confirms first.
   */
  #keep(client: Client, packet: PublishPacket, settle: (outcome: Error | null) => void): void {
    const { sessions, distribution } = this.#parts;
    if (packet.qos === 0 || !sessions.isKept(packet)) {
      settle(null);
      return;
    }
    distribution.distribute({ ...packet }, client).then(
      () => {
        discard(packet);
        settle(null);
      },
      (error: unknown) => {
        settle(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  /** Null when it may be confirmed. */
  async #hand(identity: Identity, packet: PublishPacket): Promise<Error | null> {
    const bytes = packet.payload.length;
    identity.gate.enter(bytes);
    try {
      await this.#parts.onMessage({
        address: packet.topic,
        payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
        subjects: identity.subjects,
        headers: {
          'mqtt.topic': packet.topic,
          'mqtt.qos': String(packet.qos),
          'mqtt.retain': String(packet.retain),
        },
      });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      identity.gate.leave(bytes);
    }
  }

  /** [MQTT-4.3.3-2] a QoS 2 message that is sent again is confirmed again but has no second effect. */
  #wasTaken(client: Client, { qos, messageId }: PublishPacket): boolean {
    return qos === 2 && this.#parts.sessions.hasIncoming(client.id, messageId);
  }
}

/**
 * Once its connection is closed a client gets no confirmation any more, and sends the message again.
 * QoS 0 messages and wills, which have no id, are still distributed.
 */
function untilClosed(client: Client, packet: PublishPacket, acknowledge: Acknowledge): Acknowledge {
  return (outcome) => {
    if (!client.closed || packet.messageId === undefined || packet.qos === 0) acknowledge(outcome);
  };
}

function discard(packet: PublishPacket): void {
  packet.topic = NOWHERE;
  packet.payload = Buffer.alloc(0);
  packet.retain = false;
}
