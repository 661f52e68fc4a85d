import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { ConfigReader } from './config-reader.js';
import type { Fault } from './config-reader.js';
import { CONNECTION_TYPES, isConnectionType } from './connection-types.js';
import type { ConnectionType, TypeRules } from './connection-types.js';
import { parseConnectionUri } from './connection-uri.js';
import type { ConnectionUri, Schemes } from './connection-uri.js';
import type { Connection, ConnectionId, TlsSettings } from './connection.js';
import { readCredentials, readPem } from './credentials.js';
import type { Credentials } from './credentials.js';
import { ConnectionConfigurationInvalid } from './errors.js';
import { readMappingDefinitions } from './payload-mappings.js';
import { readSource, readTarget } from './read-endpoints.js';
import { readSpecificPart } from './specific-config.js';
import { readSshTunnel } from './ssh-tunnel.js';

const ID = /^[a-zA-Z0-9\-_:]{1,100}$/;
const NOWHERE: ConnectionUri = { scheme: '', host: '', port: 0, path: '', username: undefined, password: undefined };

/**
 * Reads the JSON of a Ditto connection. Unknown members are refused, but for those that begin with `_`.
 * @throws ConnectionConfigurationInvalid with every fault; it never quotes the URI nor a secret
 */
export function parseConnection(json: JsonValue): Connection {
  const faults: Fault[] = [];
  if (!isJsonObject(json)) throw new ConnectionConfigurationInvalid('', [{ path: '/', text: 'must be an object' }]);
  const connection = readConnection(json, new ConfigReader(json, [], faults), faults);
  if (connection === undefined || faults.length > 0) throw new ConnectionConfigurationInvalid(nameOf(json), faults);
  return connection;
}

/**
 * A list of connections with different ids.
 * @throws ConnectionConfigurationInvalid for the first one that is faulty
 */
export function parseConnections(json: JsonValue): readonly Connection[] {
  if (!Array.isArray(json)) {
    throw new ConnectionConfigurationInvalid('', [{ path: '/', text: 'must be a list of connections' }]);
  }
  const connections = json.map(parseConnection);
  const ids = new Set<string>();
  for (const [index, { id }] of connections.entries()) {
    if (ids.has(id)) {
      throw new ConnectionConfigurationInvalid(id, [{ path: `/${index}/id`, text: 'must differ from those before' }]);
    }
    ids.add(id);
  }
  return connections;
}

function readConnection(json: JsonObject, reader: ConfigReader, faults: Fault[]): Connection | undefined {
  const id = readId(reader);
  const type = readType(reader);
  // Without its type nothing else can be judged.
  if (type === undefined) return undefined;
  const rules: TypeRules = CONNECTION_TYPES[type];
  const within = { id, definitions: readMappingDefinitions(reader) };
  const sources = reader.objects('sources', (source) => readSource(source, rules, within));
  const targets = reader.objects('targets', (target) => readTarget(target, rules, within));
  if (sources.length + targets.length === 0 && faults.length === 0) {
    reader.fault('sources', 'and /targets are both empty: there must be at least one');
  }
  if (!rules.hasSources && sources.length > 0)
    reader.fault('sources', `must be empty: connections of type '${type}' have none`);
  refuseUnsupported(reader);
  const uri = readUri(reader, rules.schemes);
  const credentials = readCredentials(reader, rules.credentials, rules.algorithms);
  const connection: Connection = {
    id,
    name: reader.optionalText('name'),
    status: reader.oneOf('connectionStatus', ['open', 'closed'], 'open'),
    uri,
    sources,
    targets,
    failoverEnabled: reader.boolean('failoverEnabled', true),
    tls: readTls(reader, credentials),
    credentials,
    sshTunnel: readSshTunnel(reader),
    tags: reader.texts('tags'),
    ...reader.section('specificConfig', (config) => readSpecificPart(type, id, uri, config)),
  };
  reader.refuseOthers();
  return connection;
}

function readId(reader: ConfigReader): ConnectionId {
  const text = reader.text('id', 'an id');
  if (text !== '' && !ID.test(text)) reader.fault('id', "must be 1 to 100 letters, digits, '-', '_' and ':'");
  return parseId(text);
}

/** Checked by {@link readId}, whose fault refuses the whole. */
function parseId(text: string): ConnectionId {
  return text as ConnectionId;
}

function readType(reader: ConfigReader): ConnectionType | undefined {
  const type = reader.text('connectionType', 'a type of connection');
  if (isConnectionType(type)) return type;
  if (type !== '') reader.fault('connectionType', `must be one of ${Object.keys(CONNECTION_TYPES).join(', ')}`);
  return undefined;
}

function readUri(reader: ConfigReader, schemes: Schemes): ConnectionUri {
  const text = reader.optionalText('uri') ?? '';
  if (Object.keys(schemes).length === 0) return NOWHERE;
  const uri = parseConnectionUri(text, schemes);
  if (typeof uri !== 'string') return uri;
  reader.fault('uri', uri);
  return NOWHERE;
}

function readTls(reader: ConfigReader, credentials: Credentials | undefined): TlsSettings {
  return {
    validateCertificates: reader.boolean('validateCertificates', true),
    ca: readPem(reader, 'ca', 'CERTIFICATE'),
    clientCertificate:
      credentials?.type === 'client-cert' ? { cert: credentials.cert, key: credentials.key } : undefined,
  };
}

/** What would change what the connection does in ways that are not there yet; values that ask for nothing are fine. */
function refuseUnsupported(reader: ConfigReader): void {
  if (reader.integer('clientCount', { min: 1, max: 1_000, default: 1 }) > 1) {
    reader.fault('clientCount', 'must be 1: a connection has one client, in one replica at a time');
  }
  // Messages of a connection are handled side by side in any case.
  reader.integer('processorPoolSize', { min: 1, max: 1_000, default: 5 });
  // Of Ditto's own answers.
  reader.has('lifecycle');
}

function nameOf(json: JsonObject): string {
  return typeof json['id'] === 'string' ? json['id'].slice(0, 100) : '';
}
