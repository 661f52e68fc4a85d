import { readFile } from 'node:fs/promises';
import { defaultMqttConnection, parseConnections } from '@gemel/model/connections';
import { GemelError } from '@gemel/model/errors';
import { JsonInvalid, isJsonObject, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';

/** The file of connections, or the default connection, cannot be used. */
export class ConnectionsInvalid extends Error {
  constructor(where: string, reason: string, cause: unknown) {
    super(`${where}: ${reason} Correct it, or leave the setting out.`, { cause });
  }
}

export interface DescribedConnections {
  readonly GEMEL_CONNECTIONS_FILE: string;
  /** Tells two installations at one broker apart. */
  readonly GEMEL_MONGODB_DATABASE?: string;
  readonly GEMEL_MQTT_URL?: string;
  readonly GEMEL_MQTT_SOURCES: readonly string[];
  readonly GEMEL_MQTT_TARGET: string;
  readonly GEMEL_MQTT_TARGET_SUBJECTS: readonly string[];
}

/** The definitions of the connections of the file, and of the default one when a broker is set. @throws ConnectionsInvalid */
export async function readConnections(settings: DescribedConnections): Promise<readonly JsonObject[]> {
  const { GEMEL_CONNECTIONS_FILE: file, GEMEL_MQTT_URL: url = '' } = settings;
  const usual = url === '' ? [] : [usualConnection(settings, url)];
  const described = file === '' ? [] : await readFileOf(file);
  try {
    const definitions = [...described, ...usual];
    parseConnections(definitions);
    return definitions.filter((definition) => isJsonObject(definition));
  } catch (error) {
    if (!(error instanceof GemelError)) throw error;
    throw new ConnectionsInvalid(file === '' ? 'GEMEL_MQTT_URL' : 'GEMEL_CONNECTIONS_FILE', error.message, error);
  }
}

/** What the embedded broker does by itself. Two clusters at one broker are two clients of it. */
function usualConnection(settings: DescribedConnections, url: string): JsonObject {
  const connection = defaultMqttConnection({
    url,
    sources: settings.GEMEL_MQTT_SOURCES,
    target: settings.GEMEL_MQTT_TARGET,
    subjects: settings.GEMEL_MQTT_TARGET_SUBJECTS,
  });
  return { ...connection, specificConfig: { clientId: `${settings.GEMEL_MONGODB_DATABASE ?? 'gemel'}-default-mqtt` } };
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
