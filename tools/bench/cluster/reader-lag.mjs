// How far those who follow the log are behind it: writes at a fixed rate, and for each the time from its answer until it
// is seen as a server-sent event and as a point in InfluxDB.
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { AUTHORIZATION, THINGS, thingName } from './measured-cluster.mjs';
import { FIRST, PacedWrites } from './paced-writes.mjs';

const FIELD = 'value_velocity_properties_value';
/** The thing whose points are looked for; it is written this often, one after the other so that the last one is the largest. */
const PROBE = thingName(0);
const PROBE_EVERY_MS = 50;
/** What is measured shares the machine with who measures. */
const LOOK_EVERY_MS = 25;
const SEEN_WITHIN_MS = 20_000;

/** Lags in milliseconds, from the answer to a write until the others see it. */
export async function readerLag({ urls, influx, perSecond, seconds }) {
  const answered = new Map();
  const probes = new Map();
  const events = new Map();
  const points = new Map();
  const stop = new AbortController();
  const listening = await listen(urls[0], stop.signal, (value) => events.set(value, performance.now()));
  const looking = lookForPoints(influx, stop.signal, (value) => {
    const now = performance.now();
    for (const probe of probes.keys()) if (probe <= value && !points.has(probe)) points.set(probe, now);
  });
  try {
    await writeAt({ urls, perSecond, seconds }, (value, isProbe) => {
      answered.set(value, performance.now());
      if (isProbe) probes.set(value, performance.now());
    });
    const isMissing = () => events.size < answered.size || points.size < probes.size;
    for (const end = performance.now() + SEEN_WITHIN_MS; isMissing(); await pause(LOOK_EVERY_MS)) {
      if (performance.now() < end) continue;
      const [noEvent, noPoint] = [answered.size - events.size, probes.size - points.size];
      throw new Error(`of ${answered.size} writes ${noEvent} came as no event, ${noPoint} as no point`);
    }
  } finally {
    stop.abort();
    await Promise.all([...listening, looking]);
  }
  return { written: answered.size, events: lags(answered, events), points: lags(probes, points) };
}

function lags(answered, seen) {
  // An event may be seen before its writer has the answer.
  return [...answered].map(([value, at]) => Math.max(0, seen.get(value) - at)).toSorted((a, b) => a - b);
}

/** The probe besides the things that are written in turns. */
async function writeAt({ urls, perSecond, seconds }, answered) {
  const writes = new PacedWrites(urls);
  let probeAt = 0;
  let isProbing = false;
  const probe = (now) => {
    if (now < probeAt || isProbing) return;
    probeAt = now + PROBE_EVERY_MS;
    isProbing = true;
    writes.write(PROBE).then((value) => {
      isProbing = false;
      answered(value, true);
    });
  };
  const due = (count) => writes.write(thingName(1 + (count % (THINGS - 1)))).then((value) => answered(value, false));
  await writes.run({ perSecond, seconds }, due, probe);
}

/** Resolves when events come; what it resolves with ends with the signal. */
async function listen(url, signal, seen) {
  const headers = { authorization: AUTHORIZATION, accept: 'text/event-stream' };
  // No time limits: what is heard may be nothing for long.
  const { body } = await request(new URL('/api/2/things', url), { headers, signal, bodyTimeout: 0 });
  const follow = async () => {
    let rest = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const value = Number(/"velocity":\{"properties":\{"value":(\d+)/.exec(line)?.[1]);
        if (value >= FIRST) seen(value);
      }
    }
  };
  return [follow().catch((error) => endOf(signal, error))];
}

async function lookForPoints({ url, token, org, bucket }, signal, seen) {
  // Flux takes InfluxDB five times as much, and this machine has that only once.
  const query = `SELECT last("${FIELD}") FROM /.*/ WHERE "thingId" = '${PROBE}' AND time > now() - 1m`;
  const target = new URL(`/query?${new URLSearchParams({ org, db: bucket, q: query })}`, url);
  const headers = { authorization: `Token ${token}`, accept: 'application/csv' };
  try {
    while (!signal.aborted) {
      const { body } = await request(target, { headers, signal });
      const value = Number(/,(\d+)\r?\n$/.exec(await body.text())?.[1]);
      if (value >= FIRST) seen(value);
      await pause(LOOK_EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    endOf(signal, error);
  }
}

function endOf(signal, error) {
  if (!signal.aborted) throw error;
}
