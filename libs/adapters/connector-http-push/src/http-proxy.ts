import type { Socket } from 'node:net';

import type { Place } from '@gemel/application/ports';

/** Through which requests go. */
export interface HttpProxy extends Place {
  /** Value of `proxy-authorization`; undefined when the proxy asks for none. */
  readonly authorization: string | undefined;
}

/** A proxy that does not lead to the server. */
export class ProxyRefused extends Error {
  override readonly name = 'ProxyRefused';

  constructor(
    /** Of its answer. */
    readonly status: number,
  ) {
    super(status === 407 ? 'the HTTP proxy does not take the credentials (407)' : `the HTTP proxy answers ${status}`);
  }
}

/** Longest answer of a proxy, in bytes. */
const MOST_BYTES = 16_384;
const ANSWER_MS = 10_000;
const STATUS = /^HTTP\/1\.[01] (\d{3})/;

/** Asks a proxy to lead a socket on; what comes next on it is from the server. [RFC 9110, 9.3.6] @throws ProxyRefused */
export async function leadOn(socket: Socket, { authorization }: HttpProxy, { host, port }: Place): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `host: ${authority}`,
    ...(authorization === undefined ? [] : [`proxy-authorization: ${authorization}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const status = Number(STATUS.exec(await answerOf(socket))?.[1] ?? 0);
  if (status < 200 || status > 299) throw new ProxyRefused(status);
}

/** Up to the empty line; what comes behind is left on the socket. */
function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const ended = (error?: Error): void => {
      socket.removeListener('data', take);
      socket.removeListener('error', fail);
      socket.removeListener('close', close);
      socket.setTimeout(0);
      if (error !== undefined) reject(error);
    };
    const fail = (error: Error) => ended(error);
    const close = () => ended(new Error('the HTTP proxy has ended the connection'));
    const take = (bytes: Buffer): void => {
      answer = Buffer.concat([answer, bytes]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 && answer.length <= MOST_BYTES) return;
      ended(end < 0 ? new Error('the HTTP proxy does not speak HTTP') : undefined);
      socket.pause();
      const rest = answer.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(answer.subarray(0, end).toString('latin1'));
    };
    socket.on('data', take);
    socket.once('error', fail);
    socket.once('close', close);
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('the HTTP proxy does not answer')));
  });
}
