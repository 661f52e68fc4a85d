import { ConnectionIdInvalid } from './errors.js';

declare const connectionIdBrand: unique symbol;
/** Letters, digits, `-`, `_` and `:`, 100 at most. */
export type ConnectionId = string & { readonly [connectionIdBrand]: true };

/** [contract 2.3] */
const ID = /^[a-zA-Z0-9\-_:]{1,100}$/;

export function isConnectionId(text: string): text is ConnectionId {
  return ID.test(text);
}

/** @throws ConnectionIdInvalid */
export function parseConnectionId(text: string): ConnectionId {
  if (!isConnectionId(text)) throw new ConnectionIdInvalid(text);
  return text;
}
