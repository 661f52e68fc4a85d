import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../setup/run-step.mjs';

export const APPS = ['things', 'extended-api', 'ingest'];

/**
 * The settings of each app: those of the environment that it knows, and where the services are.
 * @throws Error naming settings that no app knows
 */
export async function appEnvironments(environment, { addresses, database, topic, bucket }) {
  const wanted = {
    ...gemelOf(environment),
    GEMEL_MONGODB_URL: addresses.MONGODB_URL,
    GEMEL_MONGODB_DATABASE: database,
    GEMEL_KAFKA_BROKERS: addresses.KAFKA_BROKERS,
    GEMEL_KAFKA_TOPIC: topic,
    GEMEL_INFLUXDB_URL: addresses.INFLUXDB_URL,
    GEMEL_INFLUXDB_TOKEN: addresses.INFLUXDB_TOKEN,
    GEMEL_INFLUXDB_ORG: addresses.INFLUXDB_ORG,
    GEMEL_INFLUXDB_BUCKET: bucket,
    GEMEL_MQTT_URL: addresses.MQTT_URL,
  };
  const known = Object.fromEntries(await Promise.all(APPS.map(async (app) => [app, await settingsOf(app)])));
  const unknown = Object.keys(wanted).filter((name) => !APPS.some((app) => known[app].has(name)));
  if (unknown.length > 0) throw new Error(`no process of the cluster has a setting ${unknown.join(' or ')}`);
  const others = Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('GEMEL_')));
  return Object.fromEntries(
    APPS.map((app) => [
      app,
      { ...others, ...Object.fromEntries(Object.entries(wanted).filter(([name]) => known[app].has(name))) },
    ]),
  );
}

/** Of the tools, or different in each process. */
const OTHERS = ['GEMEL_SERVICES_DIR', 'GEMEL_REPLICA_NAME', 'GEMEL_HTTP_PORT'];

function gemelOf(environment) {
  const isSetting = (name) => name.startsWith('GEMEL_') && !OTHERS.includes(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isSetting(name)));
}

async function settingsOf(app) {
  const { settings } = await import(pathToFileURL(join(ROOT, 'apps', app, 'dist/config.js')).href);
  return new Set(Object.keys(settings.shape));
}
