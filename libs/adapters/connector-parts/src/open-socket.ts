import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';

import type { Place, Route } from '@gemel/application/ports';

/** Connects at once, as libraries want it, though the way may have to be found first. */
export function openSocket(
  place: Place,
  route: Route,
  tls: ConnectionOptions | undefined,
  onConnect: () => void,
): Socket {
  const raw = new Socket();
  route(place).then(
    ({ host, port }) => raw.connect({ host, port }),
    (error: unknown) => raw.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  if (tls === undefined) {
    raw.once('connect', onConnect);
    return raw;
  }
  const secure = connectTls({ ...tls, socket: raw }, onConnect);
  // Both may fail, one after the other, when nobody listens any more.
  secure.on('error', () => undefined);
  // An unconnected socket does not tell what is wrapped around it.
  raw.on('error', (error) => secure.destroy(error));
  return secure;
}
