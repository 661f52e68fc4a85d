// HTTP load from this process: requests in flight on a fixed number of connections for a fixed time.
import autocannon from 'autocannon';

const TIMEOUT_SECONDS = 30;

/**
 * Operations per second and the server's CPU for each, in microseconds.
 * @param load.spread whether each connection has paths of its own; otherwise all go through them in the same order
 */
export async function httpLoad(server, { port, method, path, body, connections, seconds, spread = false }) {
  const requests = Array.from({ length: 1000 }, (_, index) => ({
    method,
    path: path(index),
    headers: { authorization: `Basic ${btoa('ditto:ditto')}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: body(index) }),
  }));
  let begun = 0;
  const setupClient = (client) => {
    const own = begun++ % connections;
    client.setRequests(requests.filter((_, index) => index % connections === own));
  };
  const before = server.cpuMs();
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    requests,
    ...(spread && { setupClient }),
  });
  const cpuMs = server.cpuMs() - before;
  const done = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors of which ${result.timeouts} came too late`);
  return { perSecond: done / result.duration, cpuMicros: (cpuMs * 1000) / done };
}
