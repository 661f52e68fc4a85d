import { parseTemplate } from '../placeholders/index.js';
import { parseSubjectId } from '../policies/index.js';
import type { SubjectId } from '../policies/index.js';
import type { ConfigReader } from './config-reader.js';
import type { TypeRules } from './connection-types.js';
import type { Source, Target } from './connection.js';
import { readEnforcement } from './enforcement.js';

import { readHeaderMapping } from './header-mapping.js';
import { readQos } from './qos.js';
import { readSignalTopic } from './signal-topic.js';

const NOT_YET = 'is not supported yet: leave it out';

export function readSource(reader: ConfigReader, rules: TypeRules): Source {
  const addresses = reader.texts('addresses');
  if (addresses.length === 0) reader.fault('addresses', 'must hold at least one address');
  for (const [index, address] of addresses.entries()) {
    const fault = rules.sourceFault(address);
    if (fault !== undefined) reader.fault(['addresses', String(index)], fault);
  }
  if (reader.integer('consumerCount', { min: 1, max: 100, default: 1 }) > 1) {
    reader.fault('consumerCount', 'must be 1: more consumers are not supported yet');
  }
  refuseUnsupported(reader);
  return {
    addresses,
    qos: readQos(reader, 'qos'),
    subjects: readSubjects(reader),
    enforcement: reader.object('enforcement', readEnforcement),
    headerMapping: readHeaderMapping(reader),
  };
}

export function readTarget(reader: ConfigReader, rules: TypeRules): Target {
  const text = reader.text('address', 'an address, with placeholders if need be');
  const address = reader.parsed('address', text, parseTemplate) ?? { text, parts: [] };
  const fault = rules.targetFault(address);
  if (fault !== undefined) reader.fault('address', fault);
  const topics = reader.texts('topics');
  if (topics.length === 0) reader.fault('topics', 'must hold at least one topic');
  if (reader.has('issuedAcknowledgementLabel')) reader.fault('issuedAcknowledgementLabel', NOT_YET);
  refuseMappers(reader);
  return {
    address,
    topics: topics.flatMap((topic, index) => readSignalTopic(reader, topic, index) ?? []),
    qos: readQos(reader, 'qos'),
    subjects: readSubjects(reader),
    headerMapping: readHeaderMapping(reader),
  };
}

function readSubjects(reader: ConfigReader): readonly SubjectId[] {
  const texts = reader.texts('authorizationContext');
  if (texts.length === 0) reader.fault('authorizationContext', "must hold at least one subject such as 'nginx:ditto'");
  return texts.flatMap((text, index) => {
    const subject = reader.parsed(['authorizationContext', String(index)], text, parseSubjectId);
    return subject === undefined ? [] : [subject];
  });
}

/** What would change what a source does in ways that are not there yet; values that ask for nothing are fine. */
function refuseUnsupported(reader: ConfigReader): void {
  refuseMappers(reader);
  if (reader.texts('declaredAcks').length > 0) reader.fault('declaredAcks', NOT_YET);
  reader.object('acknowledgementRequests', (requests) => {
    // It says when to ask; a message of QoS 1 is confirmed after its commit in any case.
    requests.optionalText('filter');
    for (const [index, label] of requests.texts('includes').entries()) {
      if (label !== 'twin-persisted') {
        requests.fault(['includes', String(index)], "must be 'twin-persisted': others are not supported yet");
      }
    }
  });
  reader.object('replyTarget', (reply) => {
    const isEnabled = reply.boolean('enabled', true);
    if (isEnabled) reply.fault('enabled', 'must be false: reply targets are not supported yet');
    for (const name of ['address', 'headerMapping', 'expectedResponseTypes']) reply.has(name);
  });
}

function refuseMappers(reader: ConfigReader): void {
  for (const [index, mapper] of reader.texts('payloadMapping').entries()) {
    if (mapper !== 'Ditto') {
      reader.fault(
        ['payloadMapping', String(index)],
        `names the payload mapper '${mapper}'; only 'Ditto' is supported yet`,
      );
    }
  }
}
