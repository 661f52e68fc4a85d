import { isJsonObject } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { ConfigReader } from './config-reader.js';
import type { Fault } from './config-reader.js';
import { CONNECTION_TYPES, isConnectionType } from './connection-types.js';
import type { ConnectionType, TypeRules } from './connection-types.js';
import { parseConnectionUri } from './connection-uri.js';
import type { ConnectionUri, Schemes } from './connection-uri.js';
import type { Connection, TlsSettings } from './connection.js';
import { readCredentials, readPem } from './credentials.js';
import type { Credentials } from './credentials.js';
import { isConnectionId } from './connection-id.js';
import type { ConnectionId } from './connection-id.js';
import { ConnectionConfigurationInvalid, connectionRefusal } from './errors.js';
import { DIVERT_TO, isDiversionTarget, readDiversion } from './diversion.js';
import { honoAsKafka } from './hono-config.js';
import type { HonoKafka } from './hono-config.js';
import { readMappingDefinitions } from './payload-mappings.js';
import { readSource, readTarget } from './read-endpoints.js';
import { readSpecificPart } from './specific-config.js';
import { readSshTunnel } from './ssh-tunnel.js';

const NOWHERE: ConnectionUri = { scheme: '', host: '', port: 0, path: '', username: undefined, password: undefined };

export interface ConnectionRules {
  /** Passed over as Ditto does, or told as faults. @default 'refused' */
  readonly unknownMembers?: 'ignored' | 'refused';
  /** As Ditto when absent. */
  readonly limits?: ConnectionLimits | undefined;
  /** Where Hono's Kafka is; without it Hono connections stay what they are, and nothing can open them. */
  readonly hono?: HonoKafka | undefined;
}

/** [contract 2.7] */
export interface ConnectionLimits {
  readonly maxSources: number;
  readonly maxTargets: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { maxSources: 4, maxTargets: 4 };

/**
 * Reads the JSON of a Ditto connection; one to Hono becomes the one to Kafka that it stands for. Members that begin with
 * `_` are passed over.
 * @throws ConnectionConfigurationInvalid with every fault; it never quotes the URI nor a secret @throws
 *   ConnectionUriInvalid, ConnectionTopicInvalid when nothing else is wrong
 */
export function parseConnection(json: JsonValue, rules: ConnectionRules = {}): Connection {
  if (!isJsonObject(json)) throw new ConnectionConfigurationInvalid('', [{ path: '/', text: 'must be an object' }]);
  const found: Fault[] = [];
  const connection = readConnection(json, new ConfigReader(json, [], found), { found, rules });
  const faults = rules.unknownMembers === 'ignored' ? found.filter(({ kind }) => kind !== 'unknown') : found;
  if (connection === undefined || faults.length > 0) throw connectionRefusal(nameOf(json), faults);
  return connection.type === 'hono' && rules.hono !== undefined
    ? parseConnection(honoAsKafka(json, connection.specificConfig, rules.hono), { ...rules, hono: undefined })
    : connection;
}

/**
 * A list of connections with different ids.
 * @throws ConnectionConfigurationInvalid for the first one that is faulty
 */
export function parseConnections(json: JsonValue): readonly Connection[] {
  if (!Array.isArray(json)) {
    throw new ConnectionConfigurationInvalid('', [{ path: '/', text: 'must be a list of connections' }]);
  }
  const connections = json.map((each: JsonValue) => parseConnection(each));
  const ids = new Set<string>();
  for (const [index, { id }] of connections.entries()) {
    if (ids.has(id)) {
      throw new ConnectionConfigurationInvalid(id, [{ path: `/${index}/id`, text: 'must differ from those before' }]);
    }
    ids.add(id);
  }
  return connections;
}

interface Reading {
  readonly found: readonly Fault[];
  readonly rules: ConnectionRules;
}

function readConnection(json: JsonObject, reader: ConfigReader, { found, rules }: Reading): Connection | undefined {
  const id = readId(reader);
  const type = readType(reader);
  // Without its type nothing else can be judged.
  if (type === undefined) return undefined;
  const typeRules: TypeRules = CONNECTION_TYPES[type];
  const definitions = readMappingDefinitions(reader);
  const within = { id, definitions, mayPublishNothing: isDiversionTarget(json) };
  const sources = reader.objects('sources', (source) => readSource(source, typeRules, within));
  const targets = reader.objects('targets', (target) => readTarget(target, typeRules, within));
  if (sources.length + targets.length === 0 && found.length === 0) {
    reader.fault('sources', 'and /targets are both empty: there must be at least one');
  }
  if (!typeRules.hasSources && sources.length > 0)
    reader.fault('sources', `must be empty: connections of type '${type}' have none`);
  checkLimits(reader, { sources, targets }, rules.limits ?? DEFAULT_CONNECTION_LIMITS);
  const uri = readUri(reader, typeRules.schemes);
  const credentials = readCredentials(reader, typeRules.credentials, typeRules.algorithms);
  const connection: Connection = {
    id,
    name: reader.optionalText('name'),
    // What is `unknown` in Ditto is not opened.
    status: reader.oneOf('connectionStatus', ['open', 'closed', 'unknown'], 'open') === 'open' ? 'open' : 'closed',
    uri,
    sources,
    targets,
    clientCount: readClientCount(reader, targets),
    failoverEnabled: reader.boolean('failoverEnabled', true),
    credentials,
    tls: readTls(reader, credentials),
    sshTunnel: readSshTunnel(reader),
    // Ditto says so; here messages are handled side by side in any case.
    processorPoolSize: reader.integer('processorPoolSize', { min: 1, max: 1_000, default: 1 }),
    tags: reader.texts('tags'),
    mappings: [...definitions.values()],
    ...reader.section('specificConfig', (config) => ({
      diversion: readDiversion(config),
      ...readSpecificPart(type, id, uri, config),
    })),
  };
  checkDiversion(reader, connection);
  refuseUnsupported(reader);
  reader.refuseOthers();
  return connection;
}

/** Ditto has a connection announce itself only when one client does all. */
function readClientCount(reader: ConfigReader, targets: Connection['targets']): number {
  const count = reader.integer('clientCount', { min: 1, max: 1_000, default: 1 });
  const announces = targets.some(({ topics }) => topics.some(({ signals }) => signals === 'connection-announcements'));
  if (count > 1 && announces) reader.fault('clientCount', 'must be 1 where a target has connection announcements');
  return count;
}

/** Answers that are diverted to where they come from would go round. */
function checkDiversion(reader: ConfigReader, { id, sources }: Connection): void {
  for (const [index, { headerMapping }] of sources.entries()) {
    if (headerMapping?.get(DIVERT_TO)?.text === id) {
      reader.fault(['sources', String(index), 'headerMapping', DIVERT_TO], 'must be another connection than this one');
    }
  }
}

function checkLimits(
  reader: ConfigReader,
  { sources, targets }: Pick<Connection, 'sources' | 'targets'>,
  { maxSources, maxTargets }: ConnectionLimits,
): void {
  if (sources.length > maxSources)
    reader.fault('sources', `must be ${maxSources} at most, there are ${sources.length}`);
  if (targets.length > maxTargets)
    reader.fault('targets', `must be ${maxTargets} at most, there are ${targets.length}`);
}

function readId(reader: ConfigReader): ConnectionId {
  const text = reader.text('id', 'an id');
  if (text !== '' && !isConnectionId(text)) reader.fault('id', "must be 1 to 100 letters, digits, '-', '_' and ':'");
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
  // A scheme of another type of connection makes no URI wrong by itself.
  reader.fault('uri', uri, uri.startsWith('must begin with') ? undefined : 'uri');
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
  // Of Ditto's own answers.
  reader.has('lifecycle');
}

function nameOf(json: JsonObject): string {
  return typeof json['id'] === 'string' ? json['id'].slice(0, 100) : '';
}
