// How long it takes from a device that publishes to a consumer of the target that has the event, at a steady pace.
import { setTimeout as pause } from 'node:timers/promises';
import { message } from './operator.mjs';

const TICK_MS = 5;
const WARM_UP_SECONDS = 2;
const REST_MS = 60_000;

/** @param pace messages per second, and for how many seconds */
export async function latency(operator, transport, pace) {
  const ends = await transport.through();
  const id = await operator.open({
    ...ends.connection,
    sources: [{ addresses: [ends.source] }],
    targets: [{ address: `${ends.target}/{{ thing:name }}` }],
  });
  const found = await measure('Gemel', operator.gemel, ends, pace);
  await operator.delete(id);
  await ends.close();
  return found;
}

/** The same by a bare client that stores as much. */
export async function bareLatency(transport, pace) {
  const ends = await transport.through();
  const peer = await transport.bridge(ends);
  const found = await measure('bare client', peer, ends, pace);
  await peer.stop();
  await ends.close();
  return found;
}

async function measure(name, program, ends, { perSecond, seconds }) {
  const cpu = program.cpuMs();
  const count = await send(ends, perSecond, seconds + WARM_UP_SECONDS);
  const end = performance.now() + REST_MS;
  while (ends.seen.length < count && performance.now() < end) await pause(TICK_MS);
  const cpuMicros = ((program.cpuMs() - cpu) * 1000) / count;
  const times = ends.seen
    .slice(WARM_UP_SECONDS * perSecond)
    .map(([at, payload]) => at - JSON.parse(payload).value.velocity.properties.value)
    .sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  const found = {
    ...{ perSecond, sent: count, seen: ends.seen.length },
    ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99), cpuMicros },
  };
  console.error(`publish to event at the target, ${name}: ${JSON.stringify(found)}`);
  return found;
}

/** Each tick what is due by then; answers how many. */
async function send(ends, perSecond, seconds) {
  const begun = performance.now();
  const total = perSecond * seconds;
  let index = 0;
  while (index < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) * perSecond) / 1000));
    for (; index < due; index++) ends.send(index, message(index, performance.now()));
    await pause(TICK_MS);
  }
  return total;
}
