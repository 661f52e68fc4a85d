// How long it takes from a device that publishes to a consumer of the target that has the event, at a steady pace.
import { setTimeout as pause } from 'node:timers/promises';
import { message } from './operator.mjs';

const TICK_MS = 5;
const WARM_UP_SECONDS = 2;
const REST_MS = 60_000;

export async function latency(operator, transport, { perSecond, seconds }) {
  const ends = await transport.through();
  const id = await operator.open({
    ...ends.connection,
    sources: [{ addresses: [ends.source] }],
    targets: [{ address: ends.target }],
  });
  const cpu = operator.gemel.cpuMs();
  const count = await send(ends, perSecond, seconds + WARM_UP_SECONDS);
  const end = performance.now() + REST_MS;
  while (ends.seen.length < count && performance.now() < end) await pause(TICK_MS);
  const cpuMicros = ((operator.gemel.cpuMs() - cpu) * 1000) / count;
  const warm = WARM_UP_SECONDS * perSecond;
  const times = ends.seen
    .slice(warm)
    .map(([at, payload]) => at - JSON.parse(payload).value.velocity.properties.value)
    .sort((a, b) => a - b);
  await operator.delete(id);
  await ends.close();
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  const found = {
    perSecond,
    sent: count,
    seen: ends.seen.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    cpuMicros,
  };
  console.error(`publish to event at the target: ${JSON.stringify(found)}`);
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
