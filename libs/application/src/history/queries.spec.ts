import { parseThingId } from '@gemel/model/ids';
import { parseSubjectId } from '@gemel/model/policies';
import { aPolicy, aThingState } from '@gemel/testkit/builders';
import { MemoryHistory } from '@gemel/testkit/memory';
import { PolicyEnforcers } from '../policies/index.js';
import type { Point, StateStore } from '../ports/index.js';
import { FluxService } from './flux-service.js';
import { SeriesAccess } from './series-access.js';
import { TimeseriesService } from './timeseries-service.js';

const NOW = Date.UTC(2024, 4, 17, 12);
const clock = { now: () => NOW };
const OWNER = [parseSubjectId('test:owner')];
const VIEWER = [parseSubjectId('test:viewer')];
const STRANGER = [parseSubjectId('test:stranger')];
const MINUTE = 60_000_000;

function point(
  thing: string,
  property: string,
  minutesAgo: number,
  value: Point['value'],
  tags: Point['tags'] = {},
): Point {
  return {
    thingId: parseThingId(`example:${thing}`),
    path: `/features/gps/properties/${property}`,
    field: `value_gps_properties_${property.replaceAll('/', '_')}`,
    tags,
    time: NOW * 1000 - minutesAgo * MINUTE,
    value,
  };
}

/** A viewer sees the position of the car, but not its altitude; the other thing belongs to nobody. */
async function started() {
  const policy = aPolicy({
    viewer: {
      subjects: ['test:viewer'],
      grant: { 'thing:/features/gps': ['READ'] },
      revoke: { 'thing:/features/gps/properties/position/altitude': ['READ'] },
    },
  });
  const things = new Map([
    ['example:car', aThingState({ thingId: 'example:car' })],
    ['example:foreign', aThingState({ thingId: 'example:foreign', policyId: 'example:unknown' })],
    ['example:deleted', { ...aThingState({ thingId: 'example:deleted' }), deleted: true }],
  ]);
  const states: StateStore = {
    thing: (id) => Promise.resolve(things.get(id)),
    policy: (id) =>
      Promise.resolve(
        id === policy.policyId ? { policy, revision: 1, created: 0, modified: 0, deleted: false } : undefined,
      ),
  };
  const history = new MemoryHistory();
  const access = new SeriesAccess(states, new PolicyEnforcers(states, clock));
  await history.write(
    [
      point('car', 'position/latitude', 5, 1),
      point('car', 'position/latitude', 4, 2, { originator: 'other:source' }),
      point('car', 'position/latitude', 1, 6),
      point('car', 'position/altitude', 3, 100),
      point('car', 'speed', 3, 30),
      point('foreign', 'speed', 3, 1),
      point('deleted', 'speed', 3, 1),
    ],
    1,
  );
  return {
    timeseries: new TimeseriesService(history, access, clock),
    flux: new FluxService(history, access, clock),
    history,
  };
}

const target = (path: readonly string[], thing = 'car') => ({
  thingId: parseThingId(`example:${thing}`),
  featureId: 'gps',
  path,
});

describe('time series of a property', () => {
  it('are its samples of the last hour, those of all sources as one', async () => {
    const { timeseries } = await started();
    expect(await timeseries.retrieve(target(['position', 'latitude']), {}, OWNER)).toEqual({
      thingId: 'example:car',
      featureId: 'gps',
      path: '/position/latitude',
      from: '2024-05-17T11:00:00Z',
      to: '2024-05-17T12:00:00Z',
      series: [
        {
          path: '/position/latitude',
          values: [
            ['2024-05-17T11:55:00Z', 1],
            ['2024-05-17T11:56:00Z', 2],
            ['2024-05-17T11:59:00Z', 6],
          ],
        },
      ],
    });
  });

  it('are those of every readable leaf when the path addresses an object', async () => {
    const { timeseries } = await started();
    const paths = async (path: readonly string[], subjects = OWNER) =>
      (await timeseries.retrieve(target(path), {}, subjects)).series.map((series) => series.path);
    expect(await paths([])).toEqual(['/position/altitude', '/position/latitude', '/speed']);
    expect(await paths(['position'])).toEqual(['/position/altitude', '/position/latitude']);
    expect(await paths(['position'], VIEWER)).toEqual(['/position/latitude']);
  });

  it('are aggregated in windows', async () => {
    const { timeseries } = await started();
    const answer = await timeseries.retrieve(
      target(['position', 'latitude']),
      { from: '-6m', every: '3m', agg: 'max' },
      OWNER,
    );
    expect([answer.every, answer.agg, answer.series[0]?.values]).toEqual([
      '3m',
      'max',
      [
        ['2024-05-17T11:54:00Z', 2],
        ['2024-05-17T11:57:00Z', 6],
      ],
    ]);
  });

  it('come in pages', async () => {
    const { timeseries } = await started();
    const first = await timeseries.retrieve(target(['position', 'latitude']), { limit: '2' }, OWNER);
    expect(first.series[0]?.next).toBe('2024-05-17T11:59:00Z');
    const rest = await timeseries.retrieve(
      target(['position', 'latitude']),
      { limit: '2', from: first.series[0]?.next },
      OWNER,
    );
    expect(rest.series[0]).toEqual({ path: '/position/latitude', values: [['2024-05-17T11:59:00Z', 6]] });
  });

  it('are empty outside the times of the samples', async () => {
    const { timeseries } = await started();
    expect((await timeseries.retrieve(target(['speed']), { to: '-30m' }, OWNER)).series).toEqual([]);
  });

  it.each([
    ['a stranger', target(['speed']), STRANGER, 'things:thing.notfound'],
    ['a thing without policy', target(['speed'], 'foreign'), OWNER, 'things:thing.notfound'],
    ['a deleted thing', target(['speed'], 'deleted'), OWNER, 'things:thing.notfound'],
    ['an unknown thing', target(['speed'], 'none'), OWNER, 'things:thing.notfound'],
    ['an unknown property', target(['none']), OWNER, 'things:feature.property.notfound'],
    ['a part of a name', target(['spe']), OWNER, 'things:feature.property.notfound'],
    ['a revoked property', target(['position', 'altitude']), VIEWER, 'things:feature.property.notfound'],
  ])('are not found for %s', async (_case, place, subjects, code) => {
    const { timeseries } = await started();
    await expect(timeseries.retrieve(place, {}, subjects)).rejects.toMatchObject({ code, status: 404 });
  });

  it.each([
    [{ from: 'yesterday' }],
    [{ from: 'now', to: '-1h' }],
    [{ every: '0s' }],
    [{ every: '1mo' }],
    [{ every: '1s', from: '-365d' }],
    [{ every: '1m', agg: 'mode' }],
    [{ agg: 'mean' }],
    [{ limit: '0' }],
    [{ limit: '100001' }],
    [{ limit: '1e3' }],
    [{ from: '9'.repeat(14) }],
  ])('are refused for %j', async (parameters) => {
    const { timeseries } = await started();
    await expect(timeseries.retrieve(target(['speed']), parameters, OWNER)).rejects.toMatchObject({
      code: 'timeseries.query.invalid',
      status: 400,
    });
  });
});

describe('Flux over the history', () => {
  const RANGE = 'from(bucket: "opentwins") |> range(start: -1h)';

  const cellsOf = async (query: string, column: string, subjects = OWNER) =>
    (await (await started()).flux.query(query, subjects)).flatMap(({ tables }) =>
      tables.flatMap((table) => table.rows.map((row) => row[table.columns.indexOf(column)])),
    );

  it('sees what the caller may read of existing things, and nothing else', async () => {
    expect(await cellsOf(RANGE, '_value')).toEqual([100, 1, 6, 2, 30]);
    expect(await cellsOf(RANGE, '_value', VIEWER)).toEqual([1, 6, 2, 30]);
    expect(await cellsOf(RANGE, '_value', STRANGER)).toEqual([]);
    const listing = 'import "influxdata/influxdb/schema"\nschema.tagValues(bucket: "default", tag: "thingId")';
    expect(await cellsOf(listing, '_value')).toEqual(['example:car']);
  });

  it('carries the measurement, field and tags of OpenTwins dashboards', async () => {
    const query = `${RANGE} |> filter(fn: (r) => r.originator == "other:source") |> keep(columns: ["_measurement", "_field", "thingId", "originator"])`;
    const { flux } = await started();
    expect((await flux.query(query, OWNER))[0]?.tables[0]).toMatchObject({
      columns: ['_field', '_measurement', 'originator', 'thingId'],
      rows: [['value_gps_properties_position_latitude', 'mqtt_consumer', 'other:source', 'example:car']],
    });
  });

  it('aggregates windows in the store, the first cut to the range', async () => {
    const query = `from(bucket: "default") |> range(start: -5m) |> filter(fn: (r) => r._field =~ /latitude$/ and not exists r.originator)
      |> aggregateWindow(every: 1h, fn: mean, timeSrc: "_start", createEmpty: false)`;
    expect(await cellsOf(query, '_value')).toEqual([3.5]);
    expect(await cellsOf(query, '_time')).toEqual([{ kind: 'time', micros: NOW * 1000 - 5 * MINUTE }]);
  });

  it('refuses two results of one name', async () => {
    await expect(cellsOf(`${RANGE}\n${RANGE}`, '_value')).rejects.toMatchObject({ status: 400, code: 'flux.invalid' });
  });
});
