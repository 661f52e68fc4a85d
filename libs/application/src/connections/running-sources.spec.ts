import { GemelError } from '@gemel/model/errors';
import { carConnection, runningReplica, telemetry, traceparent } from '@gemel/testkit/connections';
import { StoreUnavailable } from '../ports/index.js';

describe('the sources of a connection that runs', () => {
  it('apply messages with the trace of the transport, unless the message has its own', async () => {
    const { replica } = await runningReplica();
    await replica.receive(telemetry('car', 1));
    await replica.receive(telemetry('car', 2, { Traceparent: traceparent('b') }));
    expect(replica.executed.map(({ context }) => context.headers)).toEqual([
      { 'correlation-id': 'generated', traceparent: expect.stringMatching(/^00-a{32}-/) as string },
      { 'correlation-id': 'generated', traceparent: expect.stringMatching(/^00-b{32}-/) as string },
    ]);
    expect(replica.executed[0]?.context.subjects).toEqual(['nginx:ditto']);
    expect(replica.runner.counters().get('cars')).toMatchObject({ consumed: 2, rejected: 0, retries: 0 });
  });

  it('map headers and enforce what messages may be about', async () => {
    const [source] = [
      {
        addresses: ['telemetry/+'],
        qos: 1,
        authorizationContext: ['nginx:ditto'],
        enforcement: { input: '{{ source:address }}', filters: ['telemetry/{{ thing:name }}'] },
        headerMapping: { Place: '{{ header:site }}-{{ thing:name }}', none: '{{ header:none }}', 'ditto-x': 'y' },
      },
    ];
    const { replica } = await runningReplica(carConnection({ sources: [source] }));
    await replica.receive(telemetry('car', 1));
    await expect(replica.receive({ ...telemetry('car', 2), address: 'telemetry/bike' })).rejects.toMatchObject({
      code: 'gemel:message.unacceptable',
    });
    expect(replica.values()).toEqual([1]);
    const { traceparent, ...headers } = replica.executed[0]?.context.headers ?? {};
    expect([typeof traceparent, headers]).toEqual(['string', { 'correlation-id': 'generated', place: 'north-car' }]);
    expect(replica.failures.recent()).toMatchObject([
      { code: 'connectivity:connection.id.enforcement.failed', thingId: 'example:car', willBeRedelivered: false },
    ]);
  });

  it('try again what fails for now; later messages of the thing wait, those of others do not', async () => {
    const { replica, timers } = await runningReplica();
    let isAway = true;
    replica.execute = (command) =>
      isAway && command.thingId === 'example:car' ? Promise.reject(new StoreUnavailable('away')) : Promise.resolve();
    const first = replica.receive(telemetry('car', 1));
    const second = replica.receive(telemetry('car', 2));
    await replica.receive(telemetry('bike', 3));
    await timers.advance(60_000);
    expect(replica.values()).toEqual([3]);
    isAway = false;
    await timers.advance(10_000);
    await Promise.all([first, second]);
    expect(replica.values()).toEqual([3, 1, 2]);
    expect(replica.failures.recent()).toEqual([]);
    expect(replica.runner.counters().get('cars')?.retries).toBeGreaterThan(5);
  });

  it('reject what is still tried again when the connection is closed, and what comes without the lease', async () => {
    const { replica, timers } = await runningReplica();
    replica.execute = () => Promise.reject(new StoreUnavailable('away'));
    const outcome = replica.receive(telemetry('car', 1)).catch((error: unknown) => error);
    await timers.advance(1_000);
    await replica.runner.stop();
    expect(await outcome).toHaveProperty('code', 'gemel:lease.lost');
    await expect(replica.receive(telemetry('car', 2))).rejects.toBeInstanceOf(GemelError);
    expect(replica.executed).toEqual([]);
  });

  it('apply nothing once another replica may have taken over', async () => {
    const { replica, timers, leases } = await runningReplica();
    await leases.replaceLease('connection:cars', await leases.lease('connection:cars'), {
      holder: 'r1',
      token: 2,
      beat: 0,
    });
    await timers.advance(1_500);
    await expect(replica.receive(telemetry('car', 1))).rejects.toHaveProperty('code', 'gemel:lease.lost');
    expect(replica.closed).toEqual([0]);
    expect(replica.executed).toEqual([]);
  });
});
