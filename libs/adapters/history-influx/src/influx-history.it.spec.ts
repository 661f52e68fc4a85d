import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { AGGREGATES, HistoryUnavailable } from '@gemel/application/ports';
import type { HistoryStore, Point, PointValue, Sample } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { describeHistoryStore } from '@gemel/testkit/contracts';
import type { OpenedHistory } from '@gemel/testkit/contracts';
import { MemoryHistory } from '@gemel/testkit/memory';
import fc from 'fast-check';
import { openInfluxHistory } from './index.js';
import type { InfluxHistory, InfluxHistoryOptions } from './index.js';

const server = {
  url: variable('INFLUXDB_URL'),
  token: variable('INFLUXDB_TOKEN'),
  org: variable('INFLUXDB_ORG'),
};
interface Logged {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

function logger(lines: Logged[] = []) {
  const at = (level: string) => (fields: object, message: string) => void lines.push({ ...fields, level, message });
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this by npm run test:services`);
  return value;
}

function api(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Token ${server.token}`, 'content-type': 'application/json' };
  return fetch(`${server.url}/api/v2/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

interface FoundBucket {
  readonly id: string;
  readonly retentionRules: readonly { readonly everySeconds: number }[];
}

async function found(bucket: string): Promise<FoundBucket | undefined> {
  const answer = await api('GET', `buckets?org=${server.org}&name=${bucket}`);
  const { buckets = [] } = (await answer.json()) as { buckets?: FoundBucket[] };
  return buckets[0];
}

async function removeBuckets(bucket: string): Promise<void> {
  for (const name of [bucket, `${bucket}_gemel`]) {
    const id = (await found(name))?.id;
    if (id !== undefined) await api('DELETE', `buckets/${id}`);
  }
}

const newBucket = () => `influx_${randomUUID()}`;

const open = (bucket: string, options: Partial<InfluxHistoryOptions> = {}) =>
  openInfluxHistory({ ...server, bucket, log: logger(), now: Date.now, ...options });

async function opened(bucket: string): Promise<OpenedHistory> {
  const history = await open(bucket);
  return {
    history,
    reopen: async () => {
      await history.close();
      return opened(bucket);
    },
    close: async () => {
      await history.close();
      await removeBuckets(bucket);
    },
  };
}

// Each case asks the server some ten times.
describeHistoryStore('InfluxHistory', () => opened(newBucket()), { propertyRuns: 60 });

const NOW = 1_715_943_644_787_000;
const ALL = { from: 0, to: 2 * NOW };

function point(name: string, time: number, value: PointValue, property = 'value'): Point {
  return {
    thingId: parseThingId(`example:${name}`),
    path: `/features/gps/properties/${property}`,
    field: `value_gps_properties_${property}`,
    tags: { originator: 'nginx:ditto' },
    time,
    value,
  };
}

async function samplesOf(history: HistoryStore, name: string): Promise<readonly Sample[]> {
  return history.samples(await history.series({ thingIds: [`example:${name}`] }), ALL);
}

/** A TCP proxy in front of InfluxDB, to take it away. */
class Proxy {
  readonly #sockets = new Set<Socket>();
  readonly requests: string[] = [];
  stalled = false;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const { hostname, port } = new URL(server.url);
    this.#server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      client.on('data', (data) => {
        this.requests.push(...(data.toString('latin1').match(/content-length: \d+/gi) ?? []));
        if (!this.stalled) upstream.write(data);
      });
      upstream.pipe(client);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket
          .on('error', () => socket.destroy())
          .on('close', () => {
            client.destroy();
            upstream.destroy();
          });
      }
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** In the middle of whatever goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    this.cut();
    await closed;
  }
}

describe('InfluxHistory', () => {
  let bucket = '';
  let lines: Logged[] = [];
  const histories: InfluxHistory[] = [];

  const opening = async (options: Partial<InfluxHistoryOptions> = {}) => {
    const history = await open(bucket, { log: logger(lines), ...options });
    histories.push(history);
    return history;
  };

  beforeEach(() => {
    bucket = newBucket();
    lines = [];
  });

  afterEach(async () => {
    for (const history of histories.splice(0)) await history.close();
    await removeBuckets(bucket);
  });

  const flux = async (pipeline: string) =>
    (
      await api('POST', `query?org=${server.org}`, {
        query: `from(bucket: "${bucket}") |> range(start: 0) |> ${pipeline}`,
        type: 'flux',
        dialect: { annotations: [], header: true },
      })
    ).text();

  describe('for the dashboards of OpenTwins', () => {
    it('gives the values of one time as one row of a pivot', async () => {
      const history = await opening();
      await history.write([point('mycar', NOW, 36.7, 'latitude'), point('mycar', NOW, -4.4, 'longitude')], 1);
      const table = await flux(
        'filter(fn: (r) => r._measurement == "mqtt_consumer" and r.thingId == "example:mycar" and ' +
          '(r._field == "value_gps_properties_latitude" or r._field == "value_gps_properties_longitude")) ' +
          '|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") ' +
          '|> drop(columns: ["_start", "_stop"])',
      );
      expect(table.trim().split('\r\n')).toEqual([
        ',result,table,_time,_measurement,originator,thingId,value_gps_properties_latitude,value_gps_properties_longitude',
        ',_result,0,2024-05-17T11:00:44.787Z,mqtt_consumer,nginx:ditto,example:mycar,36.7,-4.4',
      ]);
    });

    it('keeps apart what has the same names for them', async () => {
      const history = await opening();
      const flat = { ...point('a', NOW, 1), path: '/features/gps/properties/x_y', field: 'value_gps_properties_x_y' };
      const nested = { ...flat, path: '/features/gps/properties/x/y', value: 2 };
      await history.write([flat, nested], 1);
      const other = await opening();
      await other.write([{ ...nested, time: NOW + 1, value: 3 }], 2);
      const series = await other.series({ paths: [nested.path] });
      expect(await other.samples(series, ALL)).toEqual([
        { time: NOW, value: 2 },
        { time: NOW + 1, value: 3 },
      ]);
      expect(await other.samples(await other.series({ paths: [flat.path] }), ALL)).toEqual([{ time: NOW, value: 1 }]);
    });
  });

  describe('with values of several types', () => {
    it('keeps those that conflict as text, says so once, and reads them with the rest', async () => {
      const history = await opening();
      await history.write([point('a', NOW, 1), point('b', NOW, 'on')], 1);
      await history.write([point('b', NOW + 1, 'off'), point('b', NOW + 2, 2), point('b', NOW + 3, true)], 2);
      expect((await samplesOf(history, 'b')).map(({ value }) => value)).toEqual(['on', 'off', 2, true]);
      expect(history.faultCounts).toEqual({ conflicts: 3, refused: 0 });
      expect(lines.filter(({ level }) => level === 'warn')).toEqual([
        expect.objectContaining({ thingId: 'example:b', type: 'string', fieldType: 'number' }),
      ]);
      expect(
        await flux('filter(fn: (r) => r._measurement == "mqtt_consumer_text") |> keep(columns: ["_value"])'),
      ).toContain('on');
      expect(await flux('filter(fn: (r) => r._measurement == "mqtt_consumer") |> count()')).toContain('example:b');
    });

    it('takes the last written value of a time, whichever types came before', async () => {
      const history = await opening();
      for (const [index, value] of [1, 'two', 3, true, 5].entries())
        await history.write([point('a', NOW, value)], index);
      expect(await samplesOf(await opening(), 'a')).toEqual([{ time: NOW, value: 5 }]);
    });

    it('keeps the type of a field across shards, where InfluxDB would lose what it reads', async () => {
      const week = 7 * 86_400_000_000;
      await (await opening()).write([point('a', NOW, 1)], 1);
      const history = await opening();
      await history.write([point('b', NOW + 10 * week, 'x')], 2);
      await history.write([point('a', NOW + 10 * week, 2), point('a', NOW + 20 * week, 3)], 3);
      expect((await samplesOf(history, 'a')).map(({ value }) => value)).toEqual([1, 2, 3]);
      expect((await samplesOf(history, 'b')).map(({ value }) => value)).toEqual(['x']);
    });

    it('keeps as text what somebody else has made a field of another type', async () => {
      const history = await opening();
      const written = `mqtt_consumer,thingId=x value_gps_properties_value="text" ${NOW}`;
      await api('POST', `write?org=${server.org}&bucket=${bucket}&precision=us`, written);
      const others = Array.from({ length: 100 }, (_, index) => point('a', NOW + index, index, 'latitude'));
      await history.write([...others.slice(0, 50), point('a', NOW, 1), point('b', NOW, 2), ...others.slice(50)], 1);
      expect(await samplesOf(history, 'b')).toEqual([{ time: NOW, value: 2 }]);
      expect(await samplesOf(history, 'a')).toHaveLength(101);
      expect(history.faultCounts).toEqual({ conflicts: 2, refused: 0 });
    });
  });

  it('stores the rest of a batch when a point cannot be kept, and says which', async () => {
    const history = await opening();
    const bad = [
      { ...point('bad', NOW, 1), field: 'x'.repeat(30_000) },
      point('bad', NOW, Number.NaN),
      point('bad', NOW + 0.5, 1),
      point('bad', NOW, 'x'.repeat(1_048_577)),
    ];
    await history.write([point('a', NOW, 1), ...bad, point('a', NOW + 1, 'x'.repeat(1_048_576), 'text')], 1);
    expect((await samplesOf(history, 'a')).map(({ value }) => String(value).length)).toEqual([1, 1_048_576]);
    expect(history.faultCounts.refused).toBe(4);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await history.position()).toBe(1);
  });

  it('answers as a store in memory does, whatever names and values come', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc
        .array(fc.constantFrom(',', '=', ' ', '\\', '\n', '\r', '"', '\0', '${', 'a'), { maxLength: 5 })
        .map((parts) => parts.join('')),
    );
    const values = fc.oneof(
      texts,
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.constantFrom('true', '1', '"'),
    );
    const points = fc.record({
      thingId: fc
        .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('', ' ', ',', '=', '\\', '\uFF3C', '"', '${x}', '('))
        .map((parts) => parseThingId(`example:${parts.join('')}`)),
      path: texts.map((text) => `/attributes/${text}`),
      tags: fc.dictionary(fc.oneof(texts, fc.constantFrom('time', 'thingId', '_field', 'parent')), texts, {
        maxKeys: 2,
      }),
      time: fc.integer({ min: NOW, max: NOW + 5 }),
      value: values,
    });
    const batches = fc.array(fc.array(points, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 });
    const history = await opening();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.constantFrom(...AGGREGATES), async (written, aggregate) => {
        run += 1;
        const expected = new MemoryHistory();
        const prefix = `example:r${run}.`;
        for (const [index, batch] of written.entries()) {
          const named = batch.map((one) => ({
            ...one,
            thingId: parseThingId(one.thingId.replace('example:', prefix)),
            field: `value_${one.path.slice(1).replaceAll('/', '_')}`,
          }));
          await history.write(named, index);
          await expected.write(named, index);
        }
        const wanted = await expected.series({ thingIdPrefix: prefix });
        const actual = await history.series({ thingIdPrefix: prefix });
        expect(actual).toHaveLength(wanted.length);
        for (const one of wanted) {
          const same = actual.filter(
            ({ key }) =>
              isDeepStrictEqual({ ...key.tags }, { ...one.key.tags }) &&
              key.path === one.key.path &&
              key.thingId === one.key.thingId,
          );
          expect(same).toHaveLength(1);
          expect(await history.samples(same, ALL)).toEqual(await expected.samples([one], ALL));
          const window = { every: 3, aggregate };
          expect(rounded(await history.windows(same, ALL, window))).toEqual(
            rounded(await expected.windows([one], ALL, window)),
          );
        }
      }),
      { numRuns: 20 },
    );
    expect(history.faultCounts.refused).toBe(0);
  }, 120_000);

  describe('when InfluxDB is away', () => {
    const proxy = new Proxy();

    beforeEach(() => proxy.open());

    afterEach(async () => {
      proxy.stalled = false;
      await proxy.close();
    });

    it('refuses with the cause, and takes the same write when it is back', async () => {
      const history = await opening({ url: proxy.url });
      await history.write([point('a', NOW, 1)], 1);
      expect(await history.isReachable()).toBe(true);
      await proxy.close();
      expect(await history.isReachable()).toBe(false);
      await expect(history.write([point('a', NOW + 1, 2)], 2)).rejects.toMatchObject({
        code: 'gemel:history.unavailable',
        status: 503,
        cause: { code: 'ECONNREFUSED' },
      });
      await expect(history.position()).rejects.toThrow(HistoryUnavailable);
      await proxy.open();
      await history.write([point('a', NOW + 1, 2)], 2);
      expect(await samplesOf(history, 'a')).toHaveLength(2);
      expect(await history.position()).toBe(2);
    });

    it('waits for an answer no longer than its deadline', async () => {
      const history = await opening({ url: proxy.url, deadlineMs: 300 });
      await history.write([point('a', NOW, 1)], 1);
      proxy.stalled = true;
      await expect(history.write([point('a', NOW + 1, 2)], 2)).rejects.toThrow(HistoryUnavailable);
      await expect(history.series({})).rejects.toThrow(HistoryUnavailable);
      expect(await history.isReachable()).toBe(false);
    });

    it('loses nothing and doubles nothing when connections break again and again', async () => {
      const history = await opening({ url: proxy.url });
      let refusals = 0;
      for (let batch = 0; batch < 60; batch += 1) {
        const points = Array.from({ length: 200 }, (_, index) =>
          point(`car${index % 40}`, NOW + batch * 1_000 + Math.floor(index / 40), batch * 200 + index),
        );
        for (;;) {
          const writing = history.write(points, batch + 1);
          if (batch % 3 === 0 && refusals < batch) setImmediate(() => proxy.cut());
          try {
            await writing;
            break;
          } catch (error) {
            if (!(error instanceof HistoryUnavailable)) throw error;
            refusals += 1;
          }
        }
      }
      expect(refusals).toBeGreaterThan(5);
      const again = await opening();
      expect(await again.position()).toBe(60);
      const samples = await again.samples(await again.series({}), ALL);
      expect(samples.map(({ value }) => Number(value)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 12_000 }, (_, index) => index),
      );
    }, 60_000);

    it('writes 100,000 points in requests of bounded size', async () => {
      const history = await opening({ url: proxy.url });
      const points = Array.from({ length: 100_000 }, (_, index) => point(`car${index % 50}`, NOW + index, index));
      await history.write(points, 1);
      const sizes = proxy.requests.map((header) => Number(header.split(' ')[1]));
      expect(Math.max(...sizes)).toBeLessThan(1_000_000);
      const series = await history.series({});
      expect(await history.windows(series, ALL, { every: 2 * NOW, aggregate: 'count' })).toEqual([
        { time: 0, value: 100_000 },
      ]);
    }, 60_000);
  });

  describe('at its start', () => {
    it('says which setting to change when the token is not known', async () => {
      await expect(opening({ token: 'wrong' })).rejects.toThrow(/does not know the token: set the InfluxDB token/);
    });

    it('says what a token must be allowed to do when it may not', async () => {
      const { orgs } = (await (await api('GET', `orgs?org=${server.org}`)).json()) as { orgs: { id: string }[] };
      const orgID = orgs[0]?.id;
      const permissions = [{ action: 'read', resource: { type: 'buckets', orgID } }];
      const made = await api('POST', 'authorizations', { orgID, permissions });
      const { id, token } = (await made.json()) as { id: string; token: string };
      await expect(opening({ token })).rejects.toThrow(/may not make the .*: give it read and write access/);
      await api('DELETE', `authorizations/${id}`);
    });

    it('makes bucket and organization where they are missing', async () => {
      const org = `influx ${randomUUID()}`;
      const history = await opening({ org });
      await history.write([point('a', NOW, 1)], 1);
      expect(await samplesOf(history, 'a')).toHaveLength(1);
      const { orgs } = (await (await api('GET', `orgs?org=${org}`)).json()) as { orgs: { id: string }[] };
      await api('DELETE', `orgs/${orgs[0]?.id}`);
      expect(lines.map(({ message }) => message)).toEqual([
        'made an organization in InfluxDB',
        'made a bucket in InfluxDB',
        'made a bucket in InfluxDB',
      ]);
    });

    it('brings the retention up to date, and leaves it when none is given', async () => {
      const seconds = async () => (await found(bucket))?.retentionRules[0]?.everySeconds;
      await opening({ retentionDays: 7 });
      expect(await seconds()).toBe(7 * 86_400);
      await opening({ retentionDays: 3 });
      expect(await seconds()).toBe(3 * 86_400);
      await opening();
      expect(await seconds()).toBe(3 * 86_400);
      await opening({ retentionDays: 0 });
      expect(await seconds()).toBe(0);
      await expect(opening({ retentionDays: 0.01 })).rejects.toThrow('for an hour at least');
    });

    it('says that InfluxDB does not answer when it is away', async () => {
      await expect(opening({ url: 'http://127.0.0.1:1' })).rejects.toThrow(HistoryUnavailable);
    });
  });

  it('leaves out points that the retention has removed already', async () => {
    const history = await opening({ retentionDays: 1 });
    const now = Date.now() * 1_000;
    await history.write([point('a', NOW, 1), point('a', now, 2), point('a', now - 86_400_000_000, 3)], 1);
    const series = await history.series({});
    expect(await history.samples(series, { from: 0, to: 2 * now })).toEqual([{ time: now, value: 2 }]);
    expect(history.faultCounts.refused).toBe(0);
  });

  it('ends writes that are under way before it closes, and takes none after', async () => {
    const history = await opening();
    const writing = history.write([point('a', NOW, 1)], 1);
    await history.close();
    await writing;
    await expect(history.write([], 2)).rejects.toThrow(HistoryUnavailable);
    expect(await samplesOf(await opening(), 'a')).toHaveLength(1);
  });
});

function rounded(samples: readonly Sample[]): readonly Sample[] {
  return samples.map(({ time, value }) => ({
    time,
    value: typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  }));
}
