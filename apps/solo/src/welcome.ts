import { resolve } from 'node:path';
import type { JsonObject } from '@gemel/model/json';
import { isWellKnown } from '@gemel/process/settings';
import type { User } from '@gemel/process/settings';
import type { Settings } from './config.js';

/** Where a started Gemel can be reached. */
export interface Addresses {
  readonly http: string;
  readonly mqtt: string;
}

/** What programs that started this one learn. */
export function readyLine(addresses: Addresses, settings: Settings): JsonObject {
  return { ...addresses, dataDir: resolve(settings.GEMEL_DATA_DIR) };
}

/** What a person reads first: addresses, data folder, users, and a command that works. */
export function welcomeText(addresses: Addresses, settings: Settings, sample: boolean): string {
  const user = settings.GEMEL_USERS.find(({ role }) => role === 'user');
  const credentials = user === undefined ? '' : `-u ${user.name}:${isWellKnown(user) ? user.password : '<password>'} `;
  const path = sample ? '/api/2/things/example:mycar:wheel_1' : '/api/2/whoami';
  const webSocket = addresses.http.replace(/^http/, 'ws');
  return `
Gemel is ready.

  HTTP API     ${addresses.http}/api/2        try it: ${addresses.http}/apidoc/
  MQTT         ${addresses.mqtt}              over WebSocket: ${webSocket}/mqtt
  data folder  ${resolve(settings.GEMEL_DATA_DIR)}
  users        ${settings.GEMEL_USERS.map(describe).join(', ')}

  curl ${credentials}${addresses.http}${path}

Ctrl-C stops it.
`;
}

function describe(user: User): string {
  const name = isWellKnown(user) ? `${user.name} (password ${user.password})` : user.name;
  return user.role === 'user' ? name : `${name}, ${user.role}`;
}
