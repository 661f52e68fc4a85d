import { LIVE_RESPONSE, isAckLabel } from '../headers/index.js';
import type { AckLabel } from '../headers/index.js';
import { parseCondition, parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { AcknowledgementRequests } from './connection.js';

/** Labels that devices may acknowledge with over a source: `<connection id>:…`. */
export function readDeclaredAcks(reader: ConfigReader, connectionId: string): readonly AckLabel[] {
  return reader
    .texts('declaredAcks')
    .flatMap((text, index) => readOwnLabel(reader, ['declaredAcks', String(index)], text, connectionId) ?? []);
}

/** What a target acknowledges when its transport has taken a message over: `<connection id>:…`, or `live-response`. */
export function readIssuedLabel(reader: ConfigReader, connectionId: string): AckLabel | undefined {
  const text = reader.optionalText('issuedAcknowledgementLabel');
  if (text === undefined || text === LIVE_RESPONSE) return text;
  return readOwnLabel(reader, ['issuedAcknowledgementLabel'], text, connectionId);
}

export function readAcknowledgementRequests(reader: ConfigReader, connectionId: string): AcknowledgementRequests {
  const filter = reader.optionalText('filter');
  return {
    includes: reader
      .texts('includes')
      .flatMap((text, index) => readLabel(reader, ['includes', String(index)], text, connectionId) ?? []),
    filter: filter === undefined ? undefined : reader.parsed('filter', filter, parseCondition),
  };
}

function readOwnLabel(
  reader: ConfigReader,
  place: readonly string[],
  text: string,
  connectionId: string,
): AckLabel | undefined {
  const label = readLabel(reader, place, text, connectionId);
  if (label?.startsWith(`${connectionId}:`) !== false) return label;
  reader.fault(place, "must begin with the connection's id: '{{connection:id}}:…'");
  return undefined;
}

function readLabel(
  reader: ConfigReader,
  place: readonly string[],
  text: string,
  connectionId: string,
): AckLabel | undefined {
  const template = reader.parsed(place, text, parseTemplate);
  const resolution = template && resolveTemplate(template, { connectionId });
  const label = resolution?.kind === 'resolved' ? resolution.values[0] : undefined;
  if (label !== undefined && isAckLabel(label)) return label;
  if (template !== undefined)
    reader.fault(place, 'must be the label of an acknowledgement: 3 to 165 of A-Z a-z 0-9 _ : -');
  return undefined;
}
