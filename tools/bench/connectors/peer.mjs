// A peer of its own process that works when it is told to.
import { launch } from '../processes.mjs';
import { rate } from './throughput.mjs';

/** @param script one that answers runs, each of `count` messages */
export async function launchPeer(script, args) {
  const peer = await launch(script, args);
  return {
    stop: peer.stop,
    run: async (what) => {
      const response = await fetch(`http://127.0.0.1:${peer.ready.port}`, {
        method: 'POST',
        body: JSON.stringify(what),
      });
      const { ms, cpuMs } = await response.json();
      return rate(ms, what.count, cpuMs);
    },
  };
}
