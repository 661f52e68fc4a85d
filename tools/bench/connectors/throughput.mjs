// How many messages a second: what has piled up is worked off, so that neither the devices nor the consumers set the pace.
import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 120_000;
/** Between two looks at what is applied, near the end; far from it they are rare, since each costs Gemel one or two milliseconds. */
const LOOK_MS = { least: 25, most: 500 };

/** From the broker to durable twins, beside a client that reads and confirms, and one that does as much as Gemel between the two. */
export async function measureIn(operator, transport, { count, peer }) {
  const { gemel } = operator;
  const inbox = await transport.inbox();
  const bare = await inbox.consumeBare(count);
  const durable = await inbox.consumeDurably(peer, count);
  const id = await operator.open({ ...inbox.connection, sources: [{ addresses: [inbox.address] }] });
  await operator.command(id, 'close');
  await inbox.fill(count);
  const before = await operator.applied();
  const opening = operator.command(id, 'open');
  const begun = await reach(operator, before + 1);
  const cpu = gemel.cpuMs();
  const ended = await reach(operator, before + count);
  const ours = rate(ended.at - begun.at, ended.count - begun.count, gemel.cpuMs() - cpu);
  await opening;
  await operator.delete(id);
  await inbox.close();
  return { bare, durable, ours };
}

/** From the log to the broker, beside a client that publishes. */
export async function measureOut(operator, transport, count) {
  const { gemel } = operator;
  const outbox = await transport.outbox();
  const bareCounter = outbox.counter();
  const publishing = outbox.publishBare(count);
  const seen = await bareCounter.reach(count, DEADLINE_MS);
  const { cpuMs } = await publishing;
  const bare = rate(seen.ms, count, cpuMs);
  const id = await operator.open({ ...outbox.connection, targets: [{ address: outbox.address }] });
  await operator.command(id, 'close');
  await operator.change(count);
  const counter = outbox.counter();
  const cpu = gemel.cpuMs();
  const opening = operator.command(id, 'open');
  const published = await counter.reach(count, DEADLINE_MS);
  const ours = rate(published.ms, count, gemel.cpuMs() - cpu);
  await opening;
  await operator.delete(id);
  await outbox.close();
  return { bare, ours };
}

export function rate(ms, count, cpuMs) {
  return { perSecond: (1000 * count) / ms, cpuMicros: (1000 * cpuMs) / count };
}

async function reach(operator, goal) {
  const end = performance.now() + DEADLINE_MS;
  let first;
  for (;;) {
    const count = await operator.applied();
    const at = performance.now();
    if (count >= goal) return { at, count };
    if (at > end) throw new Error(`${count} of ${goal} messages are applied`);
    first ??= { at, count };
    const isMoving = count > first.count;
    const leftMs = isMoving ? ((goal - count) * (at - first.at)) / (count - first.count) : 0;
    await pause(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, leftMs / 2)));
  }
}

/** Counts what comes; how long it took from the beginning, or from the first, to the last. */
export class Counter {
  #count = 0;
  #first = 0;
  #last = 0;
  #goal = Infinity;
  #done = () => undefined;

  begin() {
    this.#first = performance.now();
  }

  add(count = 1) {
    if (this.#first === 0) this.begin();
    this.#count += count;
    this.#last = performance.now();
    if (this.#count >= this.#goal) this.#done();
  }

  async reach(goal, deadlineMs) {
    this.#goal = goal;
    const late = new AbortController();
    if (this.#count < goal) {
      await Promise.race([
        new Promise((resolve) => (this.#done = resolve)),
        pause(deadlineMs, undefined, { signal: late.signal }).catch(() => undefined),
      ]);
      late.abort();
    }
    if (this.#count < goal) throw new Error(`${this.#count} of ${goal} messages have come`);
    return { ms: this.#last - this.#first };
  }
}
