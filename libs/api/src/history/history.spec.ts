import { FluxService, SeriesAccess, TimeseriesService } from '@gemel/application/history';
import { PolicyEnforcers } from '@gemel/application/policies';
import type { StateStore } from '@gemel/application/ports';
import { parseThingId } from '@gemel/model/ids';
import { aPolicy, aThingState } from '@gemel/testkit/builders';
import { MemoryHistory } from '@gemel/testkit/memory';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import request from 'supertest';
import { HttpMetrics, PasswordAuthenticator, buildHttpServer } from '../http/index.js';
import { influxRoutes, timeseriesRoutes } from './index.js';

const NOW = Date.UTC(2024, 4, 17, 12);
const clock = { now: () => NOW };
const ignore = () => undefined;
const thingId = parseThingId('example:mycar');

describe('history over HTTP', () => {
  let server: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    const policy = aPolicy({ reader: { subjects: ['nginx:ditto'], grant: { 'thing:/': ['READ'] } } });
    const state = aThingState({ thingId });
    const states: StateStore = {
      thing: (id) => Promise.resolve(id === thingId ? state : undefined),
      policy: () => Promise.resolve({ policy, revision: 1, created: 0, modified: 0, deleted: false }),
    };
    const history = new MemoryHistory();
    const access = new SeriesAccess(states, new PolicyEnforcers(states, clock));
    const point = (property: string, secondsAgo: number, value: number) => ({
      thingId,
      path: `/features/velocity/properties/${property.replaceAll('/', '~1')}`,
      field: `value_velocity_properties_${property}`,
      tags: { originator: 'nginx:ditto' },
      time: (NOW - secondsAgo * 1000) * 1000,
      value,
    });
    await history.write([point('value', 20, 10), point('value', 10, 20.5), point('a/b c', 10, 1)], 1);
    server = await buildHttpServer(
      [
        ...timeseriesRoutes({ timeseries: new TimeseriesService(history, access, clock), defaultNamespace: 'example' }),
        ...influxRoutes(new FluxService(history, access, clock)),
      ],
      {
        authenticators: [
          new PasswordAuthenticator([
            { name: 'ditto', password: 'ditto', role: 'user' },
            { name: 'other', password: 'other', role: 'user' },
          ]),
        ],
        ids: { uuid: () => 'uuid' },
        clock: { now: () => Date.now() },
        log: { error: ignore, warn: ignore, info: ignore, debug: ignore },
        metrics: new HttpMetrics(new Registry()),
      },
    );
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });

  afterAll(() => server.close());

  const get = (path: string, user = 'ditto') => request(url).get(path).auth(user, user);
  const timeseries = (path: string, user?: string) =>
    get(`/api/2/things/example:mycar/features/velocity/timeseries${path}`, user);
  const query = (body: object | string, type = 'application/json') =>
    request(url)
      .post('/api/v2/query?org=opentwins')
      .set('authorization', 'Token ditto:ditto')
      .set('content-type', type)
      .send(body);

  it('answers the samples of a property', async () => {
    const answer = await timeseries('/value?from=now-1m')
      .expect(200)
      .expect('content-type', /^application\/json/);
    expect(answer.body).toEqual({
      thingId: 'example:mycar',
      featureId: 'velocity',
      path: '/value',
      from: '2024-05-17T11:59:00Z',
      to: '2024-05-17T12:00:00Z',
      series: [
        {
          path: '/value',
          values: [
            ['2024-05-17T11:59:40Z', 10],
            ['2024-05-17T11:59:50Z', 20.5],
          ],
        },
      ],
    });
  });

  it('takes an empty namespace for the default one', async () => {
    const answer = await get('/api/2/things/:mycar/features/velocity/timeseries/value').expect(200);
    expect(answer.body).toMatchObject({ thingId: 'example:mycar' });
  });

  it.each([
    ['', ['/a~1b c', '/value']],
    ['/a~1b%20c', ['/a~1b c']],
    ['/value?every=1m&agg=max', ['/value']],
  ])('reads the path %s', async (path, expected) => {
    const answer = await timeseries(path).expect(200);
    expect(answer.body).toMatchObject({ series: expected.map((text) => ({ path: text })) });
  });

  it.each([
    ['/value?from=soon', 'ditto', 400, 'timeseries.query.invalid'],
    ['/value/~2', 'ditto', 400, 'json.pointer.invalid'],
    ['/none', 'ditto', 404, 'things:feature.property.notfound'],
    ['/__proto__', 'ditto', 404, 'things:feature.property.notfound'],
    ['/value', 'other', 404, 'things:thing.notfound'],
    ['/value', 'nobody', 401, 'gateway:authentication.failed'],
  ])('answers %s of %s with %i', async (path, user, status, error) => {
    const answer = await timeseries(path, user).expect(status);
    expect(answer.body).toMatchObject({ status, error });
  });

  it("answers Flux as InfluxDB does to Grafana's client", async () => {
    const answer = await query({
      dialect: { annotations: ['datatype', 'group', 'default'], delimiter: ',', header: true },
      query:
        'from(bucket: "default") |> range(start: 2024-05-17T11:59:00Z, stop: 2024-05-17T12:00:00Z) |> filter(fn: (r) => r._field == "value_velocity_properties_value") |> aggregateWindow(every: 20s, fn: mean, createEmpty: false) |> yield(name: "mean")',
      type: 'flux',
    })
      .expect(200)
      .expect('content-type', 'text/csv; charset=utf-8');
    expect(answer.text).toBe(
      [
        '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string,string',
        '#group,false,false,true,true,false,false,true,true,true,true',
        '#default,mean,,,,,,,,,',
        ',result,table,_start,_stop,_time,_value,_field,_measurement,originator,thingId',
        ',,0,2024-05-17T11:59:00Z,2024-05-17T12:00:00Z,2024-05-17T12:00:00Z,15.25,value_velocity_properties_value,mqtt_consumer,nginx:ditto,example:mycar',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it("answers what Grafana's Save & test asks", async () => {
    const answer = await query('buckets()', 'application/vnd.flux').expect(200);
    expect(answer.text).toBe(
      ',result,table,name,id,organizationID,retentionPolicy,retentionPeriod\r\n' +
        ',_result,0,default,0000000000000001,0000000000000001,,0\r\n,_result,0,opentwins,0000000000000002,0000000000000001,,0\r\n\r\n',
    );
    await request(url).get('/ping').expect(204).expect('x-influxdb-version', /^v2/);
    const buckets = await get('/api/v2/buckets?name=opentwins').expect(200);
    expect(buckets.body).toMatchObject({ buckets: [{ name: 'opentwins' }] });
  });

  it('gives other users an answer without tables', async () => {
    const answer = await request(url)
      .post('/api/v2/query')
      .auth('other', 'other')
      .set('content-type', 'application/vnd.flux')
      .send('from(bucket: "default") |> range(start: -1h)')
      .expect(200);
    expect(answer.text).toBe('\r\n');
  });

  it.each<[object | string, string]>([
    [{ query: 'from(bucket: "default") |> range(start: -1h) |> derivative()' }, "'derivative' is not known"],
    [{ query: 'x', type: 'influxql' }, "'influxql'"],
    [{ query: 1 }, "needs 'query'"],
    [[], 'JSON object'],
    [{ query: 'buckets()', dialect: { annotations: ['comment'] } }, "'comment'"],
    [{ query: 'buckets()', dialect: { delimiter: ';;' } }, 'one character'],
    [{ query: 'buckets()', extern: { type: 'File' } }, "'extern'"],
    ['{', 'JSON'],
  ])('refuses %j in the form of InfluxDB', async (body, message) => {
    const answer = await query(body).expect(400);
    expect(answer.body).toEqual({
      code: 'invalid',
      message: expect.stringContaining(message),
      error: expect.any(String),
    });
  });

  it('refuses InfluxQL, other media types and strangers in the form of InfluxDB', async () => {
    expect((await get('/query?q=SHOW+MEASUREMENTS').expect(400)).body).toMatchObject({
      error: expect.stringContaining('InfluxQL'),
    });
    expect((await query('x', 'text/plain').expect(415)).body).toMatchObject({ code: 'invalid' });
    const refused = await request(url)
      .post('/api/v2/query')
      .set('authorization', 'Token ditto:wrong')
      .send({ query: 'buckets()' })
      .expect(401);
    expect(refused.body).toMatchObject({ code: 'unauthorized' });
  });
});
