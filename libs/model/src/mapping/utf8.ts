import { JsonInvalid } from '../json/index.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** @throws JsonInvalid the bytes are no UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw new JsonInvalid('it is not UTF-8');
  }
}
