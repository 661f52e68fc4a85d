// What many connections take: memory with all of them defined and some open, and how long a restart takes until those are open.
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import { Operator, message } from './operator.mjs';

const AT_ONCE = 20;
const DEADLINE_MS = 120_000;
const EACH = 10;

/** @param launch starts Gemel, on the same data each time */
export async function many(launch, { url, defined, open }) {
  const uri = `tcp://${new URL(url).host}`;
  const first = await launch();
  const operator = new Operator(first);
  const bytesBefore = first.residentBytes();
  await operator.createThings();
  const ids = await inTurns(defined, (index) => operator.define(definition(uri, index, index < open)));
  const openIds = ids.slice(0, open);
  await inTurns(open, (index) => operator.untilOpen(openIds[index]));
  const bytesOpen = first.residentBytes();
  await exchange(url, open);
  const bytesUsed = first.residentBytes();
  await first.stop();
  const begun = performance.now();
  const second = await launch();
  const restarted = new Operator(second);
  await inTurns(open, (index) => restarted.untilOpen(openIds[index]));
  const restartMs = performance.now() - begun;
  await second.stop();
  const found = { defined, open, messages: open * EACH, bytesBefore, bytesOpen, bytesUsed, restartMs };
  console.error(`many connections: ${JSON.stringify(found)}`);
  return found;
}

function definition(uri, index, isOpen) {
  return {
    connectionType: 'mqtt-5',
    connectionStatus: isOpen ? 'open' : 'closed',
    uri,
    specificConfig: { clientId: `gemel-many-${index}` },
    sources: [{ addresses: [`many/${index}/in`] }],
    targets: [
      {
        address: `many/${index}/out/{{ thing:name }}`,
        topics: [`_/_/things/twin/events?filter=eq(thingId,"bench:thing-${index}")`],
      },
    ],
  };
}

/** Each of the open ones takes messages and publishes what becomes of them. */
async function exchange(url, open) {
  const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
  let seen = 0;
  client.on('message', () => seen++);
  await client.subscribeAsync('many/+/out/#', { qos: 1 });
  for (let round = 0; round < EACH; round++) {
    await Promise.all(
      Array.from({ length: open }, (_, index) => client.publishAsync(`many/${index}/in`, message(index), { qos: 1 })),
    );
  }
  const end = performance.now() + DEADLINE_MS;
  while (seen < open * EACH && performance.now() < end) await pause(20);
  await client.endAsync();
  if (seen < open * EACH) throw new Error(`${seen} of ${open * EACH} events have come`);
}

async function inTurns(count, work) {
  const results = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const index = next++;
        results[index] = await work(index);
      }
    }),
  );
  return results;
}
