import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';

/** Types whose messages have headers that mapping could use. */
const WITH_HEADERS = new Set(['amqp-091', 'amqp-10', 'kafka', 'mqtt-5', 'hono']);

const REPLY_HEADERS = {
  'correlation-id': '{{header:correlation-id}}',
  'content-type': '{{header:content-type}}',
};
const REPLY_ADDRESS = '{{header:reply-to}}';

/**
 * A definition as Ditto shows it: what it knows, in its order, with its defaults. Printing what was printed changes
 * nothing.
 * @param definition that has been parsed without faults
 */
export function printConnection(definition: JsonObject): JsonObject {
  const type = member(definition, 'connectionType') ?? '';
  const hasHeaders = typeof type === 'string' && WITH_HEADERS.has(type);
  const specificConfig = textsOf(member(definition, 'specificConfig'));
  return {
    id: member(definition, 'id') ?? '',
    name: member(definition, 'name') ?? null,
    connectionType: type,
    connectionStatus: member(definition, 'connectionStatus') ?? 'unknown',
    uri: member(definition, 'uri') ?? '',
    sources: objectsOf(definition, 'sources').map((source) => printSource(source, hasHeaders)),
    targets: objectsOf(definition, 'targets').map(printTarget),
    clientCount: numberOf(member(definition, 'clientCount'), 1),
    failoverEnabled: booleanOf(member(definition, 'failoverEnabled'), true),
    validateCertificates: booleanOf(member(definition, 'validateCertificates'), true),
    processorPoolSize: numberOf(member(definition, 'processorPoolSize'), 1),
    ...(Object.keys(specificConfig).length === 0 ? undefined : { specificConfig }),
    ...kept(definition, ['mappingDefinitions'], isFilled),
    ...kept(definition, ['credentials', 'ca'], isFilled),
    ...printTunnel(definition),
    tags: distinct(member(definition, 'tags')),
  };
}

function printSource(source: JsonObject, hasHeaders: boolean): JsonObject {
  const reply = member(source, 'replyTarget');
  const target = isJsonObject(reply) ? reply : {};
  const isEnabled = booleanOf(member(target, 'enabled'), true);
  const address = member(target, 'address');
  // Such a source is from before there were reply targets: Ditto answers it as it did then.
  const isOld = isEnabled && address === undefined;
  const headerMapping = objectOf(member(source, 'headerMapping'));
  return {
    addresses: distinct(member(source, 'addresses')),
    consumerCount: numberOf(member(source, 'consumerCount'), 1),
    ...printQos(source),
    ...kept(source, ['authorizationContext', 'enforcement', 'acknowledgementRequests'], isFilled),
    headerMapping:
      isOld && hasHeaders ? { ...REPLY_HEADERS, 'reply-to': REPLY_ADDRESS, ...headerMapping } : headerMapping,
    ...kept(source, ['payloadMapping'], isFilled),
    replyTarget: {
      ...(isOld
        ? printReply({ address: REPLY_ADDRESS, headerMapping: hasHeaders ? REPLY_HEADERS : {} })
        : address === undefined
          ? undefined
          : printReply(target)),
      enabled: isEnabled,
    },
    ...kept(source, ['declaredAcks', 'deadLetterTarget'], isFilled),
  };
}

function printReply(target: JsonObject): JsonObject {
  return {
    address: member(target, 'address') ?? '',
    headerMapping: objectOf(member(target, 'headerMapping')),
    expectedResponseTypes: member(target, 'expectedResponseTypes') ?? ['response', 'error'],
  };
}

function printTarget(target: JsonObject): JsonObject {
  return {
    address: member(target, 'address') ?? '',
    topics: distinct(member(target, 'topics')),
    ...printQos(target),
    ...kept(target, ['authorizationContext', 'issuedAcknowledgementLabel'], isFilled),
    headerMapping: objectOf(member(target, 'headerMapping')),
    ...kept(target, ['payloadMapping'], isFilled),
  };
}

function printQos(endpoint: JsonObject): JsonObject {
  const qos = member(endpoint, 'qos') ?? null;
  return qos === null ? {} : { qos: numberOf(qos, 0) };
}

function printTunnel(definition: JsonObject): JsonObject {
  const tunnel = member(definition, 'sshTunnel');
  if (!isJsonObject(tunnel)) return {};
  return {
    sshTunnel: {
      enabled: booleanOf(member(tunnel, 'enabled'), true),
      ...kept(tunnel, ['credentials'], isFilled),
      validateHost: booleanOf(member(tunnel, 'validateHost'), true),
      knownHosts: distinct(member(tunnel, 'knownHosts')),
      ...kept(tunnel, ['uri'], isFilled),
    },
  };
}

function kept(object: JsonObject, names: readonly string[], isKept: (value: JsonValue) => boolean): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = member(object, name) ?? null;
      return isKept(value) ? [[name, value]] : [];
    }),
  );
}

function isFilled(value: JsonValue): boolean {
  if (isJsonArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return value !== null && value !== '';
}

/** As Ditto has the `specificConfig`: every value is a text. */
function textsOf(value: JsonValue | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([name, each]: [string, JsonValue]) =>
      each === null ? [] : [[name, typeof each === 'string' ? each : JSON.stringify(each)]],
    ),
  );
}

function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  const list = member(object, name);
  return isJsonArray(list) ? list.filter((each) => isJsonObject(each)) : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function distinct(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? [...new Set(value)] : [];
}

/** The reader takes both as texts, too. */
function numberOf(value: JsonValue | undefined, otherwise: number): number {
  return value === undefined || value === null ? otherwise : Number(value);
}

function booleanOf(value: JsonValue | undefined, otherwise: boolean): boolean {
  return value === undefined || value === null ? otherwise : value === true || value === 'true';
}
