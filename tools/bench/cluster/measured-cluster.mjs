// A cluster of Gemel on the services, with what a benchmark wants to know of its processes.
import { setTimeout as pause } from 'node:timers/promises';
import { APPS } from '../../cluster/app-environment.mjs';
import { createCluster } from '../../cluster/cluster.mjs';
import { cpuMs, residentBytes } from '../processes.mjs';
import { sampleThing } from '../sample-thing.mjs';

export const THINGS = 1000;
export const AUTHORIZATION = `Basic ${btoa('ditto:ditto')}`;
const CREATED_AT_ONCE = 50;
const LOOK_AGAIN_MS = 50;
const CAUGHT_UP_WITHIN_MS = 120_000;

/** What follows the log itself, under which its position is kept. */
const FOLLOWERS = ['relay', 'search-parts'];

export class MeasuredCluster {
  #cluster;
  #db;
  #apps;

  /** Started, with a policy and things in it. @param options those of a cluster, of all apps without `apps` */
  static async start({ apps = APPS, ...options }, db) {
    const measured = new MeasuredCluster();
    measured.#cluster = await createCluster({ apps, ...options });
    measured.#db = db;
    measured.#apps = apps;
    await measured.#cluster.start();
    await createThings(measured.things[0]);
    return measured;
  }

  get things() {
    return this.#cluster.urls('things');
  }

  /** CPU so far in milliseconds, by app: all its replicas together. */
  cpu() {
    return this.#each((pids) => pids.reduce((sum, pid) => sum + cpuMs(pid), 0));
  }

  /** Memory now, in bytes, by app: the largest of its replicas. */
  memory() {
    return this.#each((pids) => Math.max(...pids.map(residentBytes)));
  }

  /** Ends one process of the app and starts it again; the time until it is ready, in milliseconds. */
  async timeOfStart(app) {
    await this.#cluster.kill(app, 0);
    const begun = performance.now();
    await this.#cluster.restart(app, 0);
    return performance.now() - begun;
  }

  /** Resolves when all who follow the log have had everything; with the seconds that it took. */
  async caughtUp() {
    const begun = performance.now();
    while (!(await this.#isCaughtUp())) {
      if (performance.now() - begun > CAUGHT_UP_WITHIN_MS) throw new Error('the readers do not catch up');
      await pause(LOOK_AGAIN_MS);
    }
    return (performance.now() - begun) / 1000;
  }

  stop() {
    return this.#cluster.stop();
  }

  #each(measure) {
    const started = (app) => (this.#apps.includes(app) ? this.#cluster.pids(app) : []);
    return Object.fromEntries(APPS.map((app) => [app, measure(started(app))]));
  }

  async #isCaughtUp() {
    const last = await this.#db.collection('commits').findOne({}, { sort: { _id: -1 }, projection: { _id: 1 } });
    const readers = await this.#db
      .collection('readers')
      .find({ _id: { $in: FOLLOWERS } })
      .toArray();
    if (readers.length < FOLLOWERS.length || readers.some(({ position }) => position < last._id)) return false;
    if (!this.#apps.includes('ingest')) return true;
    const metrics = await (await fetch(new URL('/metrics', this.#cluster.urls('ingest')[0]))).text();
    return [...metrics.matchAll(/^gemel_reader_lag_events\{.*\} (\d+)$/gm)].every(([, lag]) => lag === '0');
  }
}

export function thingName(index) {
  return `bench:thing-${index}`;
}

async function createThings(url) {
  const all = { grant: ['READ', 'WRITE'], revoke: [] };
  const entry = {
    subjects: { 'nginx:ditto': { type: 'bench' } },
    resources: { 'thing:/': all, 'policy:/': all, 'message:/': all },
  };
  await put(new URL('/api/2/policies/bench:policy', url), { entries: { owner: entry } });
  const create = async (first) => {
    for (let index = first; index < THINGS; index += CREATED_AT_ONCE) {
      const { thingId, ...thing } = sampleThing(thingName(index));
      await put(new URL(`/api/2/things/${thingId}`, url), thing);
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, (_, first) => create(first)));
  // The last commit is of the kind that is measured.
  await put(new URL(`/api/2/things/${thingName(0)}/features/velocity/properties/value`, url), 1);
}

async function put(url, body) {
  const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
}
