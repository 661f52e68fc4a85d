import { startCluster } from './cluster.js';
import type { StartedCluster } from './cluster.js';
import type { Started } from './operated.js';

/** Two replicas of the apps that connections need, with no target but those that a test makes. */
export function startConnectingCluster(environment: Readonly<Record<string, string>> = {}): Promise<StartedCluster> {
  return startCluster({
    replicas: 2,
    apps: ['things', 'ingest'],
    environment: { GEMEL_MQTT_TARGET: '', ...environment },
  });
}

/** Of which no process ended by itself. */
export async function removeConnectingCluster(cluster: StartedCluster): Promise<void> {
  expect(cluster.died()).toEqual([]);
  await cluster.remove();
}

/** As its operators reach it. @param cluster asked when they do: it may be started later */
export function startedOf(cluster: () => StartedCluster): Started {
  return { urls: () => cluster().urls('things'), log: () => cluster().log() };
}
