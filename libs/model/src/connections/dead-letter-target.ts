import { parseTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { TypeRules } from './connection-types.js';

/** Where messages of a source go that can never be applied, as they came. */
export interface DeadLetterTarget {
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
    const fault = rules.targetFault(address);
    if (fault !== undefined) target.fault('address', fault);
    return { address, format: target.oneOf('format', ['original', 'json'], 'original') };
  });
}
