import { parseTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import { parseSubjectId } from '../policies/index.js';
import type { SubjectId } from '../policies/index.js';
import { readAcknowledgementRequests, readDeclaredAcks, readIssuedLabel } from './acknowledgements.js';
import type { ConfigReader } from './config-reader.js';
import type { TypeRules } from './connection-types.js';
import type { Source, Target } from './connection.js';
import { readDeadLetterTarget } from './dead-letter-target.js';
import { readEnforcement } from './enforcement.js';
import { readHeaderMapping } from './header-mapping.js';
import { readPayloadMapping } from './payload-mappings.js';
import type { MappingDefinitions } from './payload-mappings.js';
import { readQos } from './qos.js';
import type { Qos } from './qos.js';
import { readReplyTarget } from './reply-target.js';
import { readSignalTopic } from './signal-topic.js';

/** What sources and targets need of their connection. */
export interface Within {
  readonly id: string;
  readonly definitions: MappingDefinitions;
  /** Whether targets may be without topics: they publish what other connections divert to them. */
  readonly mayPublishNothing: boolean;
}

export function readSource(reader: ConfigReader, rules: TypeRules, { id, definitions }: Within): Source {
  const addresses = reader.texts('addresses');
  if (addresses.length === 0) reader.fault('addresses', 'must hold at least one address');
  for (const [index, address] of addresses.entries()) {
    const fault = rules.sourceFault(address);
    if (fault !== undefined) reader.fault(['addresses', String(index)], fault);
  }
  const subjectTemplates = readSubjectTemplates(reader);
  return {
    addresses,
    qos: readEndpointQos(reader, rules, 'source'),
    consumerCount: reader.integer('consumerCount', { min: 1, max: 100, default: 1 }),
    subjects: subjectTemplates === undefined ? readSubjects(reader) : [],
    subjectTemplates,
    enforcement: reader.object('enforcement', readEnforcement),
    headerMapping: readHeaderMapping(reader),
    payloadMapping: readPayloadMapping(reader, definitions),
    acknowledgementRequests: reader.object('acknowledgementRequests', (requests) =>
      readAcknowledgementRequests(requests, id),
    ),
    declaredAcks: readDeclaredAcks(reader, id),
    replyTarget: readReplyTarget(reader),
    deadLetterTarget: readDeadLetterTarget(reader, rules),
  };
}

export function readTarget(reader: ConfigReader, rules: TypeRules, within: Within): Target {
  const { id, definitions, mayPublishNothing } = within;
  const text = reader.text('address', 'an address, with placeholders if need be');
  const address = reader.parsed('address', text, parseTemplate) ?? { text, parts: [] };
  const fault = rules.targetFault(address);
  if (fault !== undefined) reader.fault('address', fault);
  const topics = reader.texts('topics');
  if (topics.length === 0 && !mayPublishNothing) reader.fault('topics', 'must hold at least one topic');
  return {
    address,
    topics: topics.flatMap((topic, index) => readSignalTopic(reader, topic, index) ?? []),
    qos: readEndpointQos(reader, rules, 'target'),
    subjects: readSubjects(reader),
    headerMapping: readHeaderMapping(reader),
    payloadMapping: readPayloadMapping(reader, definitions),
    issuedAck: readIssuedLabel(reader, id),
  };
}

/** Undefined when no subject has a placeholder. */
function readSubjectTemplates(reader: ConfigReader): readonly Template[] | undefined {
  const texts = reader.texts('authorizationContext');
  if (!texts.some((text) => text.includes('{{'))) return undefined;
  return texts.flatMap(
    (text, index) => reader.parsed(['authorizationContext', String(index)], text, parseTemplate) ?? [],
  );
}

function readEndpointQos(reader: ConfigReader, { qos }: TypeRules, kind: 'source' | 'target'): Qos {
  const value = readQos(reader, 'qos', qos[kind]);
  // Of targets all types take all: some do more than that.
  if (kind === 'source' && value > qos.highest) reader.fault('qos', `must be at most ${qos.highest}`);
  return value;
}

function readSubjects(reader: ConfigReader): readonly SubjectId[] {
  const texts = reader.texts('authorizationContext');
  if (texts.length === 0) reader.fault('authorizationContext', "must hold at least one subject such as 'nginx:ditto'");
  return texts.flatMap((text, index) => {
    const subject = reader.parsed(['authorizationContext', String(index)], text, parseSubjectId);
    return subject === undefined ? [] : [subject];
  });
}
