import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';

/** The `specificConfig` of Hono connections; where Hono's Kafka is, the operator says. */
export interface HonoConfig {
  readonly tenantId: string;
  readonly groupId: string;
  readonly debugEnabled: boolean;
}

/** Hono's Kafka, as the operator of Gemel says: members of a Kafka connection. */
export interface HonoKafka {
  /** With user and password. */
  readonly uri: string;
  /** `host:port`, separated by commas. */
  readonly bootstrapServers: string;
  readonly saslMechanism: string;
  readonly validateCertificates: boolean;
  /** PEM; undefined means the public ones. */
  readonly ca?: string | undefined;
}

const SOURCE_ALIASES = ['event', 'telemetry', 'command_response'];
const COMMAND = 'command';

/** [ditto connectivity-protocol-bindings-hono] */
const TARGET_HEADERS = {
  device_id: '{{ thing:id }}',
  subject: '{{ header:subject | fn:default(topic:action-subject) }}',
  'response-required': '{{ header:response-required }}',
  'correlation-id': '{{ header:correlation-id }}',
};
const REPLY_HEADERS = {
  device_id: '{{ thing:id }}',
  subject: '{{ header:subject | fn:default(topic:action-subject) | fn:default(topic:criterion) }}-response',
  'correlation-id': '{{ header:correlation-id }}',
};
const REPLY_TO_RESPONSE_HEADERS = {
  'correlation-id': '{{ header:correlation-id }}',
  status: '{{ header:status }}',
};

export function readHonoConfig(connectionId: string, reader: ConfigReader): HonoConfig {
  return {
    tenantId: reader.optionalText('honoTenantId') ?? connectionId,
    groupId: reader.optionalText('groupId') ?? connectionId,
    debugEnabled: reader.boolean('debugEnabled', false),
  };
}

export function honoSourceFault(address: string): string | undefined {
  return SOURCE_ALIASES.includes(address) ? undefined : `must be one of ${SOURCE_ALIASES.join(', ')}`;
}

export function honoTargetFault({ text }: Template): string | undefined {
  return text === COMMAND ? undefined : `must be '${COMMAND}'`;
}

/** The connection to Kafka that a Hono connection stands for. @param definition that has been parsed without faults */
export function honoAsKafka(definition: JsonObject, { tenantId, groupId, debugEnabled }: HonoConfig, kafka: HonoKafka) {
  const { uri, bootstrapServers, saslMechanism, validateCertificates, ca } = kafka;
  const address = `hono.${COMMAND}.${tenantId}/{{ thing:id }}`;
  const resolved: JsonObject = {
    ...definition,
    connectionType: 'kafka',
    uri,
    validateCertificates,
    ...(ca === undefined ? undefined : { ca }),
    sources: objectsIn(definition, 'sources').map((source) => resolvedSource(source, tenantId, address)),
    targets: objectsIn(definition, 'targets').map((target) => ({
      ...target,
      address,
      headerMapping: { ...TARGET_HEADERS, ...objectIn(target, 'headerMapping') },
    })),
    specificConfig: { bootstrapServers, saslMechanism, groupId, debugEnabled: String(debugEnabled) },
  };
  return resolved;
}

function resolvedSource(source: JsonObject, tenantId: string, commandAddress: string): JsonObject {
  const given = member(source, 'addresses');
  const aliases = isJsonArray(given) ? given.filter((each) => typeof each === 'string') : [];
  const reply = member(source, 'replyTarget');
  const isOfResponses = aliases.every((alias) => alias === 'command_response');
  const headers = isOfResponses ? REPLY_TO_RESPONSE_HEADERS : REPLY_HEADERS;
  return {
    ...source,
    addresses: aliases.map((alias) => `hono.${alias}.${tenantId}`),
    ...(isJsonObject(reply)
      ? {
          replyTarget: {
            ...reply,
            ...(member(reply, 'address') === COMMAND ? { address: commandAddress } : undefined),
            headerMapping: { ...headers, ...objectIn(reply, 'headerMapping') },
          },
        }
      : undefined),
  };
}

function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const list: JsonValue | undefined = member(object, name);
  return isJsonArray(list) ? list.filter((each) => isJsonObject(each)) : [];
}

function objectIn(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  return isJsonObject(value) ? value : {};
}
