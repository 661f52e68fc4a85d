// HTTP load from this process: requests in flight on a fixed number of connections for a fixed time.
import autocannon from 'autocannon';

const TIMEOUT_SECONDS = 30;

/** Operations in all and per second, and the server's CPU for each, in microseconds. Each connection has paths of its own. */
export async function httpLoad(server, { port, method, path, body, connections, seconds }) {
  const requests = Array.from({ length: 1000 }, (_, index) => ({
    method,
    path: path(index),
    headers: { authorization: `Basic ${btoa('ditto:ditto')}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: body(index) }),
  }));
  let set = 0;
  const setupClient = (client) => {
    const own = set++ % connections;
    client.setRequests(requests.filter((_, index) => index % connections === own));
  };
  const run = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    timeout: TIMEOUT_SECONDS,
    // It makes the bytes of all that it has here for each connection.
    requests: requests.slice(0, 1),
    setupClient,
  });
  // Its own time begins before it has made them.
  const [begun, before] = await new Promise((resolve) => {
    run.once('start', () => resolve([performance.now(), server.cpuMs()]));
  });
  const result = await run;
  const elapsed = performance.now() - begun;
  const cpuMs = server.cpuMs() - before;
  const done = result['2xx'];
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refusals, ${result.errors} errors of which ${result.timeouts} came too late`);
  return { done, perSecond: (done * 1000) / elapsed, cpuMicros: (cpuMs * 1000) / done };
}
