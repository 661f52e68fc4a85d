import { parseTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { TypeRules } from './connection-types.js';
import { parseConnectionId } from './connection-id.js';
import type { ConnectionId } from './connection-id.js';

/** Where messages of a source go that can never be applied, as they came. */
export interface DeadLetterTarget {
  /** Whose broker they go to, which must name the source's connection; undefined when it is that of the source itself. */
  readonly connectionId: ConnectionId | undefined;
  /** Placeholders are about the message as it came. */
  readonly address: Template;
  /**
   * original: the payload as it came, the reason in headers, which MQTT 3.1.1 has not. json: both in a JSON object.
   */
  readonly format: 'original' | 'json';
}

/** Undefined when there is none. */
export function readDeadLetterTarget(reader: ConfigReader, rules: TypeRules): DeadLetterTarget | undefined {
  return reader.object('deadLetterTarget', (target) => {
    const text = target.text('address', 'an address, with placeholders if need be');
    const address = target.parsed('address', text, parseTemplate) ?? { text, parts: [] };
    const connectionId = readOther(target);
    // What an address of the other one looks like only that one knows.
    const fault = connectionId === undefined ? rules.targetFault(address) : undefined;
    if (fault !== undefined) target.fault('address', fault);
    return { connectionId, address, format: target.oneOf('format', ['original', 'json'], 'original') };
  });
}

function readOther(target: ConfigReader): ConnectionId | undefined {
  const text = target.optionalText('connection');
  return text === undefined ? undefined : target.parsed('connection', text, parseConnectionId);
}
