import type { InboundHandler, Logger } from '@gemel/application/ports';

import type { Distribution } from './distribution.js';
import type { KeptWill } from './journal.js';
import { publishPacketOf } from './kept-packets.js';
import type { Sessions } from './sessions.js';
import type { TopicRights } from './topic-rights.js';

interface Parts {
  readonly onMessage: InboundHandler;
  readonly rights: TopicRights;
  readonly distribution: Distribution;
  readonly sessions: Sessions;
  readonly log: Logger;
}

/** Says what clients wanted said when they are gone: the process that they were connected to has ended. Never throws. */
export async function sayWills(wills: readonly KeptWill[], parts: Parts): Promise<void> {
  await Promise.all(
    wills.map(async (will) => {
      try {
        await say(will, parts);
        parts.sessions.willSaid(will.clientId);
      } catch (error) {
        parts.log.warn({ clientId: will.clientId, error }, 'the last will of an MQTT client waits for the next start');
      }
    }),
  );
}

async function say({ subjects, message }: KeptWill, { onMessage, rights, distribution }: Parts): Promise<void> {
  const { topic, payload, qos, retain } = message;
  if (rights.publish(topic) !== undefined) return;
  if (rights.isSource(topic)) {
    const headers = { 'mqtt.topic': topic, 'mqtt.qos': String(qos), 'mqtt.retain': String(retain) };
    await onMessage({ address: topic, payload, subjects, headers });
  }
  await distribution.distribute(publishPacketOf(message));
}
