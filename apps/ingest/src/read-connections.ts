import { readFile } from 'node:fs/promises';
import { defaultMqttConnection, parseConnections } from '@gemel/model/connections';
import type { Connection } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { JsonInvalid, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { Settings } from './config.js';

/** The file of connections, or the default connection, cannot be used. */
export class ConnectionsInvalid extends Error {
  constructor(where: string, reason: string, cause: unknown) {
    super(`${where}: ${reason} Correct it, or leave the setting out.`, { cause });
  }
}

type ConnectionSettings = Pick<
  Settings,
  | 'GEMEL_CONNECTIONS_FILE'
  | 'GEMEL_MONGODB_DATABASE'
  | 'GEMEL_MQTT_URL'
  | 'GEMEL_MQTT_SOURCES'
  | 'GEMEL_MQTT_TARGET'
  | 'GEMEL_MQTT_TARGET_SUBJECTS'
>;

/** The connections of the file, and the default one when a broker is set. @throws ConnectionsInvalid */
export async function readConnections(settings: ConnectionSettings): Promise<readonly Connection[]> {
  const { GEMEL_CONNECTIONS_FILE: file, GEMEL_MQTT_URL: url } = settings;
  const usual = url === '' ? [] : [usualConnection(settings)];
  const described = file === '' ? [] : await readFileOf(file);
  try {
    return parseConnections([...described, ...usual]);
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    throw new ConnectionsInvalid(file === '' ? 'GEMEL_MQTT_URL' : 'GEMEL_CONNECTIONS_FILE', error.message, error);
  }
}

/** What the embedded broker does by itself. Two clusters at one broker are two clients of it. */
function usualConnection(settings: ConnectionSettings): JsonObject {
  const connection = defaultMqttConnection({
    url: settings.GEMEL_MQTT_URL,
    sources: settings.GEMEL_MQTT_SOURCES,
    target: settings.GEMEL_MQTT_TARGET,
    subjects: settings.GEMEL_MQTT_TARGET_SUBJECTS,
  });
  return { ...connection, specificConfig: { clientId: `${settings.GEMEL_MONGODB_DATABASE}-default-mqtt` } };
}

/** One connection or a list of them. */
async function readFileOf(file: string): Promise<readonly JsonValue[]> {
  try {
    const json = parseJson(await readFile(file, 'utf8'));
    return isList(json) ? json : [json];
  } catch (error) {
    // Neither repeats what is in the file.
    const reason = error instanceof JsonInvalid ? 'it is not JSON.' : 'it cannot be read.';
    throw new ConnectionsInvalid(`GEMEL_CONNECTIONS_FILE '${file}'`, reason, error);
  }
}

function isList(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}
