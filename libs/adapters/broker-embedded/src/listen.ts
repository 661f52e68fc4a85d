import type { Server } from 'node:net';

/** The port cannot be had; the message says which and how to change it. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** The port that is listened on. @throws PortTaken */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(refusal(cause, host, port));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function refusal(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const reason = { EADDRINUSE: 'is taken', EACCES: 'needs more rights' }[cause.code ?? ''];
  if (reason === undefined) return cause;
  return new PortTaken(`MQTT port ${port} on ${host} ${reason}; set GEMEL_MQTT_PORT to another one`, { cause });
}
