import type { GemelError } from '../errors/index.js';
import { isJsonObject, valueAt, withValueAt } from '../json/index.js';
import type { JsonObject, JsonPointer, JsonValue } from '../json/index.js';
import { ConnectionConfigurationInvalid } from './errors.js';

/** What stands in answers where a secret is. */
export const HIDDEN = '*****';

const URI: JsonPointer = ['uri'];

/** Where a connection holds secrets, beside its URI: what Ditto encrypts. */
const SECRETS: readonly JsonPointer[] = [
  ['credentials', 'key'],
  ['sshTunnel', 'credentials', 'password'],
  ['sshTunnel', 'credentials', 'privateKey'],
  ['credentials', 'parameters', 'accessKey'],
  ['credentials', 'parameters', 'secretKey'],
  ['credentials', 'parameters', 'sharedKey'],
  ['credentials', 'clientSecret'],
  ['credentials', 'password'],
];

/** What is encrypted where connections are stored. [ditto connectivity.conf, connection.encryption.json-pointers] */
export const SECRET_POINTERS: readonly JsonPointer[] = [URI, ...SECRETS];

/** The user info is everything up to the last `@` before the path, so that a sloppy password is hidden, too. */
const USER_INFO = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)@/i;

/** The connection as it may be shown. */
export function hideSecrets(definition: JsonObject): JsonObject {
  return mapSecrets(definition, URI, hidePassword, () => HIDDEN);
}

/** Each secret text as `change` makes it; the rest as it is. */
export function changeSecrets(definition: JsonObject, change: (text: string) => string): JsonObject {
  return mapSecrets(definition, URI, change, change);
}

/**
 * A definition that was read, edited and sent back: what is hidden in it is what was there before.
 * @throws ConnectionConfigurationInvalid for a hidden secret that is not known, or that would go to another place
 */
export function restoreSecrets(next: JsonObject, previous: JsonObject | undefined): JsonObject {
  const known = previous ?? {};
  const name = typeof next['id'] === 'string' ? next['id'] : '';
  let restored = next;
  const uri = valueAt(next, URI);
  const isSamePlace = typeof uri !== 'string' || hidePassword(uri) === hidePassword(textAt(known, URI) ?? '');
  if (typeof uri === 'string' && isHiddenUri(uri)) {
    if (!isSamePlace) throw refusal(name, URI, 'hides the password of another address: write it anew');
    restored = setAt(restored, URI, textAt(known, URI) ?? '');
  }
  for (const pointer of SECRETS) {
    if (valueAt(next, pointer) !== HIDDEN) continue;
    const secret = textAt(known, pointer);
    // Otherwise who may edit a connection could have its secrets sent to a place of their own.
    const isMoved = !isSamePlace || placeOf(next) !== placeOf(known);
    if (secret === undefined || isMoved) throw refusal(name, pointer, 'is hidden and not known here: write it anew');
    restored = setAt(restored, pointer, secret);
  }
  return restored;
}

/** Without its user info: fit for answers and logs. */
export function hidePassword(uri: string): string {
  return uri.replace(USER_INFO, (_all, scheme: string, userInfo: string) => {
    const colon = userInfo.indexOf(':');
    return colon < 0 ? `${scheme}${userInfo}@` : `${scheme}${userInfo.slice(0, colon)}:${HIDDEN}@`;
  });
}

function isHiddenUri(uri: string): boolean {
  return USER_INFO.exec(uri)?.[2]?.endsWith(`:${HIDDEN}`) ?? false;
}

/** Where else than to the address of the connection its secrets go. */
function placeOf(definition: JsonObject): string {
  return JSON.stringify([
    valueAt(definition, ['credentials', 'tokenEndpoint']) ?? null,
    valueAt(definition, ['sshTunnel', 'uri']) ?? null,
  ]);
}

function mapSecrets(
  definition: JsonObject,
  uriPointer: JsonPointer,
  changeUri: (text: string) => string,
  change: (text: string) => string,
): JsonObject {
  const uri = textAt(definition, uriPointer);
  let changed = uri === undefined || uri === '' ? definition : setAt(definition, uriPointer, changeUri(uri));
  for (const pointer of SECRETS) {
    const text = textAt(definition, pointer);
    if (text !== undefined) changed = setAt(changed, pointer, change(text));
  }
  return changed;
}

function textAt(definition: JsonObject, pointer: JsonPointer): string | undefined {
  const value = valueAt(definition, pointer);
  return typeof value === 'string' ? value : undefined;
}

function setAt(definition: JsonObject, pointer: JsonPointer, value: JsonValue): JsonObject {
  const changed = withValueAt(definition, pointer, value);
  return isJsonObject(changed) ? changed : definition;
}

function refusal(name: string, pointer: JsonPointer, text: string): GemelError {
  return new ConnectionConfigurationInvalid(name, [{ path: `/${pointer.join('/')}`, text }]);
}
