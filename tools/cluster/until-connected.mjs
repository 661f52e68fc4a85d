import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 100;
/** A broker that is away must not keep a cluster from starting. */
const CONNECTED_WITHIN_MS = 15_000;

/**
 * Resolves when every connection that should be open is held by one of the processes and open there: what a device sends
 * from then on is not missed. A process that does not know yet which those are says NaN. Resolves in any case after 15 seconds.
 */
export async function untilConnected(urls) {
  const end = performance.now() + CONNECTED_WITHIN_MS;
  while (performance.now() < end) {
    const metrics = await Promise.all(
      urls.map((url) => fetch(new URL('/metrics', url)).then((answer) => answer.text())),
    );
    const wanted = Math.max(0, ...metrics.map((text) => sumOf(text, 'gemel_connections')));
    const open = metrics.reduce((sum, text) => sum + sumOf(text, 'gemel_connection_up'), 0);
    if (open >= wanted) return;
    await pause(LOOK_AGAIN_MS);
  }
}

/** Of a metric's samples, whatever their labels. */
function sumOf(text, name) {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
