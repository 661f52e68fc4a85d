import { requiredVariable } from '@gemel/testkit/network';
import { startCluster } from './cluster.js';
import type { StartedCluster } from './cluster.js';
import { startSolo, withFolder } from './solo.js';

/** Where the APIs of a started Gemel are, whether one process has them or several; each at one URL or more. */
export interface Gemel {
  readonly things: readonly string[];
  readonly extendedApi: readonly string[];
  readonly ingest: readonly string[];
  readonly mqtt: string;
  /** First level of the topics that devices publish on. */
  readonly telemetry: string;
}

/** Runs `use` on a Gemel that must then end in good order. */
export type WithGemel = (use: (gemel: Gemel) => Promise<void>) => Promise<void>;

export const withSolo: WithGemel = (use) =>
  withFolder(async (folder) => {
    const solo = await startSolo(folder);
    const http = [solo.http];
    await use({ things: http, extendedApi: http, ingest: http, mqtt: solo.mqtt, telemetry: 'telemetry' });
    expect(await solo.stop()).toBe(0);
  });

/** Two replicas of each process. */
export const withCluster: WithGemel = async (use) => {
  const cluster = await startCluster({ replicas: 2 });
  await use(gemelOf(cluster));
  expect(new Set(Object.values(await cluster.stop()))).toEqual(new Set([0]));
};

export function gemelOf(cluster: StartedCluster): Gemel {
  return {
    things: cluster.urls('things'),
    extendedApi: cluster.urls('extended-api'),
    ingest: cluster.urls('ingest'),
    mqtt: requiredVariable('MQTT_URL'),
    telemetry: cluster.names.telemetry,
  };
}
