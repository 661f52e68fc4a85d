import type { BrokerCounters } from './counters.js';
import type { Distribution } from './distribution.js';

/** All topics under which the broker tells of itself begin so. */
export const SYSTEM_PREFIX = '$SYS/broker/';

/** As Mosquitto's `sys_interval`. */
const INTERVAL_MS = 10_000;

/** What is told, named as Mosquitto does. */
function valuesOf(counters: BrokerCounters, uptimeSeconds: number): Readonly<Record<string, string>> {
  const { clients, clientsAway, published, sent, dropped, queued, retained, subscriptions } = counters;
  const counts: Readonly<Record<string, number>> = {
    'clients/connected': clients,
    'clients/disconnected': clientsAway,
    'clients/total': clients + clientsAway,
    'publish/messages/received': published,
    'publish/messages/sent': sent,
    'publish/messages/dropped': dropped,
    'store/messages/count': queued,
    'retained messages/count': retained,
    'subscriptions/count': subscriptions,
  };
  const texts = Object.entries(counts).map(([name, count]) => [name, String(count)] as const);
  return { uptime: `${String(uptimeSeconds)} seconds`, ...Object.fromEntries(texts) };
}

/** Tells again and again how the broker is doing, until it is stopped. */
export function startSystemTopics(
  counters: () => BrokerCounters,
  distribution: Pick<Distribution, 'tell'>,
  intervalMs = INTERVAL_MS,
): { stop(): void } {
  const begun = performance.now();
  const tell = (): void => {
    const seconds = Math.floor((performance.now() - begun) / 1_000);
    for (const [name, value] of Object.entries(valuesOf(counters(), seconds)))
      distribution.tell(`${SYSTEM_PREFIX}${name}`, value);
  };
  tell();
  const timer = setInterval(tell, intervalMs).unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
