import { call } from './api.js';
import type { Answer } from './api.js';
import type { StartedCluster } from './cluster.js';

export const FEATURE = '/features/counter';

/** What a device's counter says: one more each time, and when. */
export interface Reading {
  readonly value: number;
  /** Milliseconds since 1970; higher with each value. */
  readonly time: number;
}

/** A device that counts, and knows what it was told is taken. */
export class Counter {
  /** Device's times by value, of all that was sent. */
  readonly times: number[] = [];
  /** The last value that was confirmed. */
  acknowledged = -1;

  constructor(readonly thingId: string) {}

  next(): Reading {
    const time = Math.max(Date.now(), (this.times.at(-1) ?? 0) + 1);
    this.times.push(time);
    return { value: this.times.length - 1, time };
  }
}

/** What is left of a counter's values when all has come to rest. */
export interface Verdict {
  readonly acknowledged: number;
  /** Confirmed values that are not in the twin or not in its history, and events that did not come. */
  readonly lost: number;
  /** Values that the history has more than once. */
  readonly doubled: number;
  /** Changes that took effect again because nobody had heard that they had: the same value of the same time. */
  readonly repeated: number;
  /** What is lost, one by one, for people. */
  readonly findings: readonly string[];
}

/** Reads things on any replica that answers. */
export class Witness {
  #turn = 0;

  constructor(private readonly cluster: StartedCluster) {}

  /** Undefined when the replica whose turn it is cannot be reached. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const urls = this.cluster.urls('things');
    const http = urls[this.#turn++ % urls.length] ?? '';
    return call({ http }, method, path, body).catch(() => undefined);
  }

  async state(thingId: string): Promise<{ readonly reading: Reading | undefined; readonly revision: number }> {
    const answer = await this.ask('GET', `/api/2/things/${thingId}?fields=features/counter/properties,_revision`);
    if (answer?.status !== 200) return { reading: undefined, revision: 0 };
    const { features, _revision } = parseThing(answer.body);
    return { reading: features?.counter.properties, revision: _revision };
  }

  /** Values in the history, oldest first. @param from ISO date and time, or a span before now */
  async history(thingId: string, from: string): Promise<readonly number[]> {
    const query = `from=${encodeURIComponent(from)}&limit=100000`;
    const answer = await this.ask('GET', `/api/2/things/${thingId}${FEATURE}/timeseries/value?${query}`);
    return answer?.status === 200 ? parseSeries(answer.body) : [];
  }
}

interface CountingThing {
  readonly features?: { readonly counter: { readonly properties?: Reading } };
  readonly _revision: number;
}

function parseThing(body: unknown): CountingThing {
  return body as CountingThing;
}

/** Of all series: a point that was written under two sets of tags counts twice. */
function parseSeries(body: unknown): readonly number[] {
  const { series } = body as { series: readonly { values: readonly (readonly [string, number])[] }[] };
  return series.flatMap(({ values }) => values.map(([, value]) => value));
}
