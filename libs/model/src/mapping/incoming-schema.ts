import { formatPointer, parseJson } from '../json/index.js';
import type { JsonValue } from '../json/index.js';
import { compileSchema } from '../json-schema/index.js';
import type { JsonSchema } from '../json-schema/index.js';
import { PayloadSchemaViolated } from './errors.js';
import type { OptionsReader } from './options-reader.js';
import { decodeUtf8 } from './utf8.js';

/** Faults that a refusal names. */
const SHOWN = 5;

/** `incomingSchema` of a mapping definition: what payloads must be like before they are mapped. */
export function readIncomingSchema(reader: OptionsReader): JsonSchema | undefined {
  const document = reader.tree('incomingSchema');
  return document && reader.parsed('incomingSchema', '', () => compileSchema(document));
}

/** @throws PayloadSchemaViolated also for a payload that is no JSON */
export function checkIncoming(schema: JsonSchema, mapping: string, payload: Uint8Array): void {
  const faults = schema.faults(valueOf(payload, mapping));
  if (faults.length === 0) return;
  const shown = faults.slice(0, SHOWN).map(({ pointer, message }) => `${formatPointer(pointer) || '/'}: ${message}`);
  const more = faults.length > SHOWN ? `, and ${faults.length - SHOWN} more` : '';
  throw new PayloadSchemaViolated(mapping, `${shown.join('; ')}${more}`);
}

function valueOf(payload: Uint8Array, mapping: string): JsonValue {
  try {
    return parseJson(decodeUtf8(payload));
  } catch {
    throw new PayloadSchemaViolated(mapping, 'it is no JSON');
  }
}
