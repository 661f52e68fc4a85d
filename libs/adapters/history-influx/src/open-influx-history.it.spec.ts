import { randomUUID } from 'node:crypto';
import { HistoryUnavailable } from '@gemel/application/ports';
import { ALL, InfluxProxy, NOW, influxServer, point, recordedLogger, samplesOf } from '@gemel/testkit/influx';
import type { LoggedLine } from '@gemel/testkit/influx';
import { openInfluxHistory } from './index.js';
import type { InfluxHistory, InfluxHistoryOptions } from './index.js';

const server = influxServer();

describe('opening and losing InfluxDB', () => {
  let bucket = '';
  let lines: LoggedLine[] = [];
  const histories: InfluxHistory[] = [];

  const opening = async (options: Partial<InfluxHistoryOptions> = {}) => {
    const history = await openInfluxHistory({
      ...server,
      bucket,
      log: recordedLogger(lines),
      now: Date.now,
      ...options,
    });
    histories.push(history);
    return history;
  };

  beforeEach(() => {
    bucket = server.newBucketName();
    lines = [];
  });

  afterEach(async () => {
    for (const history of histories.splice(0)) await history.close();
    await server.removeBucket(bucket);
  });

  describe('when InfluxDB is away', () => {
    const proxy = new InfluxProxy(server.url);

    beforeEach(() => proxy.open());

    afterEach(() => proxy.close());

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
      expect(await history.position()).toBe(60);
      await history.close();
      const again = await opening();
      expect(await again.position()).toBe(60);
      const samples = await again.samples(await again.series({}), ALL);
      expect(samples.map(({ value }) => Number(value)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 12_000 }, (_, index) => index),
      );
    });

    it('never takes the beginning of an answer for all of it', async () => {
      const history = await opening({ url: proxy.url });
      await history.write(
        Array.from({ length: 20_000 }, (_, index) => point('a', NOW + index, index)),
        1,
      );
      const series = await history.series({});
      expect(await history.samples(series, ALL)).toHaveLength(20_000);
      proxy.cutAfter = proxy.answered + 300_000;
      await expect(history.samples(series, ALL)).rejects.toThrow(HistoryUnavailable);
    });

    it('claims the types of new fields again when it could not record them', async () => {
      const history = await opening({ url: proxy.url });
      await history.series({});
      proxy.cutAfter = proxy.answered + 500;
      await expect(history.write([point('a', NOW, 1)], 1)).rejects.toThrow(HistoryUnavailable);
      proxy.cutAfter = Infinity;
      await history.write([point('a', NOW, 1)], 1);
      const other = await opening();
      await other.write([point('b', NOW, 'text')], 2);
      expect(other.faultCounts.conflicts).toBe(1);
    });

    it('writes 100,000 points in requests of bounded size', async () => {
      const history = await opening({ url: proxy.url });
      const points = Array.from({ length: 100_000 }, (_, index) => point(`car${index % 50}`, NOW + index, index));
      await history.write(points, 1);
      expect(Math.max(...proxy.requestSizes)).toBeLessThan(1_000_000);
      const series = await history.series({});
      expect(await history.windows(series, ALL, { every: 2 * NOW, aggregate: 'count' })).toEqual([
        { time: 0, value: 100_000 },
      ]);
    });
  });

  describe('at its start', () => {
    it('says which setting to change when the token is not known', async () => {
      await expect(opening({ token: 'wrong' })).rejects.toThrow(/does not know the token: set the InfluxDB token/);
    });

    it('says what a token must be allowed to do when it may not', async () => {
      const { orgs } = (await (await server.api('GET', `orgs?org=${server.org}`)).json()) as { orgs: { id: string }[] };
      const orgID = orgs[0]?.id;
      const permissions = [{ action: 'read', resource: { type: 'buckets', orgID } }];
      const made = await server.api('POST', 'authorizations', { orgID, permissions });
      const { id, token } = (await made.json()) as { id: string; token: string };
      await expect(opening({ token })).rejects.toThrow(/may not make the .*: give it read and write access/);
      await server.api('DELETE', `authorizations/${id}`);
    });

    it('makes bucket and organization where they are missing', async () => {
      const org = `influx ${randomUUID()}`;
      const history = await opening({ org });
      await history.write([point('a', NOW, 1)], 1);
      expect(await samplesOf(history, 'a')).toHaveLength(1);
      const { orgs } = (await (await server.api('GET', `orgs?org=${org}`)).json()) as { orgs: { id: string }[] };
      await server.api('DELETE', `orgs/${orgs[0]?.id}`);
      expect(lines.map(({ message }) => message)).toEqual([
        'made an organization in InfluxDB',
        'made a bucket in InfluxDB',
        'made a bucket in InfluxDB',
      ]);
    });

    it('brings the retention up to date, and leaves it when none is given', async () => {
      const seconds = async () => (await server.bucket(bucket))?.retentionRules[0]?.everySeconds;
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
});
