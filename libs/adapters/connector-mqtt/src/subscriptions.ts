import type { Connection, Qos } from '@gemel/model/connections';
import type { IClientSubscribeOptions, MqttClient } from 'mqtt';

import { SubscriptionRefused } from './faults.js';

interface Subscription {
  readonly address: string;
  readonly options: IClientSubscribeOptions;
}

/** First SUBACK code that says no. */
const REFUSED = 128;
/** Largest subscription identifier [MQTT-3.8.2.1.2]. */
const LARGEST_IDENTIFIER = 268_435_455;

/** Each address with an identifier of its own, which tells the copies of a message apart. @throws SubscriptionRefused */
export async function subscribe(client: MqttClient, connection: Connection): Promise<void> {
  const hasIdentifiers =
    connection.type === 'mqtt-5' && client.serverProperties?.subscriptionIdentifiersAvailable !== false;
  const refused = await Promise.all(
    subscriptionsOf(connection).map(async ({ address, options }) => {
      const properties = { subscriptionIdentifier: identifierOf(address) };
      const code = await subscribeTo(client, address, hasIdentifiers ? { ...options, properties } : options);
      return code >= REFUSED ? [address] : [];
    }),
  );
  if (refused.flat().length > 0) throw new SubscriptionRefused(refused.flat());
}

/** The same in every process, since the session outlives them: FNV-1a. */
export function identifierOf(address: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(address)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 0) % LARGEST_IDENTIFIER) + 1;
}

/** Every address once; of sources that share one the higher QoS counts. */
function subscriptionsOf({ sources, type }: Connection): readonly Subscription[] {
  const levels = new Map<string, Qos>();
  for (const { addresses, qos } of sources) {
    for (const address of addresses) {
      const before = levels.get(address) ?? 0;
      levels.set(address, qos > before ? qos : before);
    }
  }
  return [...levels].map(([address, qos]) => {
    // Retained messages only when the session had no such subscription: they were handled then.
    const retained = type === 'mqtt-5' && !address.startsWith('$share/') ? { rh: 1 } : undefined;
    return { address, options: { qos, ...retained } };
  });
}

/** The broker's answer: the QoS it grants, or a code from 128 on. */
function subscribeTo(client: MqttClient, address: string, options: IClientSubscribeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    client.subscribe(address, options, (error, _grants, packet) => {
      const code = packet?.granted[0];
      if (typeof code === 'number') resolve(code);
      else reject(error ?? new Error('the broker did not answer the subscription'));
    });
  });
}
