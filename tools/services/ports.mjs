import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections: a server that is stopped for a while finds its port free.
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 100;

/** A port of 127.0.0.1 on which nothing listens now, other than those `taken`. */
export async function freePort(taken) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST} was found in ${ATTEMPTS} attempts.`);
}

export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
