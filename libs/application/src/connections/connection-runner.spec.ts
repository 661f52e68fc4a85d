import type { JsonObject } from '@gemel/model/json';
import { carConnection, runningReplica, runningReplicas, telemetry } from '@gemel/testkit/connections';

describe('ConnectionRunner', () => {
  it('opens a connection in one replica, and in the next one when that stops', async () => {
    const { timers, replicas } = runningReplicas(3);
    for (const { runner } of replicas) runner.start([carConnection()]);
    await timers.advance(5_000);
    const [holder] = replicas.filter(({ opened }) => opened.length > 0);
    expect(replicas.flatMap(({ opened }) => opened)).toHaveLength(1);
    expect(replicas.map(({ runner }) => runner.reportsOf('cars')[0]?.instance ?? '').toSorted()).toEqual([
      ...['', '', expect.stringMatching(/^r/)],
    ]);
    await holder?.runner.stop();
    expect(holder?.closed).toEqual([4_000]);
    await timers.advance(1_500);
    expect(replicas.flatMap(({ opened }) => opened)).toHaveLength(2);
  });

  it('leaves a closed connection alone', async () => {
    const { replica } = await runningReplica(carConnection({ connectionStatus: 'closed' }));
    expect(replica.opened).toEqual([]);
    expect(replica.runner.status()).toMatchObject([{ connectionStatus: 'closed', liveStatus: 'closed' }]);
    await replica.runner.stop();
  });

  it('tells the state of connection, sources and targets', async () => {
    const { replica, timers } = await runningReplica();
    await timers.advance(1_000);
    replica.opened[0]?.observer({ state: 'open', detail: 'connected' });
    const resource = {
      client: 'r0',
      status: 'open',
      statusDetails: 'connected',
      inStateSince: '1970-01-01T00:00:01Z',
    };
    expect(replica.runner.status()[0]?.targetStatus).toMatchObject([{ status: 'unknown' }]);
    await replica.readers[0]?.placed?.();
    expect(replica.runner.status()).toEqual([
      {
        connectionId: 'cars',
        connectionStatus: 'open',
        liveStatus: 'open',
        recoveryStatus: 'succeeded',
        connectedSince: '1970-01-01T00:00:01Z',
        clientStatus: [{ type: 'client', ...resource, recoveryStatus: 'succeeded' }],
        sourceStatus: [{ type: 'source', address: 'telemetry/#', ...resource }],
        targetStatus: [{ type: 'target', address: 'events/{{ thing:name }}', ...resource }],
      },
    ]);
    replica.opened[0]?.observer({ state: 'misconfigured', detail: 'wrong password' });
    expect(replica.runner.status()).toMatchObject([{ liveStatus: 'misconfigured', recoveryStatus: 'ongoing' }]);
  });

  it('tells of each change of a state, and of nothing else', async () => {
    const { replica, timers } = await runningReplica();
    const told: unknown[] = [];
    const unlisten = replica.runner.onChange(() => told.push(replica.runner.status()[0]?.liveStatus));
    const observer = replica.opened[0]?.observer;
    observer?.({ state: 'connecting', detail: 'no route; again in 1 s' });
    observer?.({ state: 'connecting', detail: 'no route; again in 2 s' });
    observer?.({ state: 'open', detail: 'connected' });
    await timers.advance(10_000);
    expect(told).toEqual(['failed', 'open']);
    unlisten();
    observer?.({ state: 'misconfigured', detail: 'wrong password' });
    expect(told).toHaveLength(2);
  });

  it('logs once that a connection does not stand, that it stands again, and what a person must mend', async () => {
    const { replica } = await runningReplica();
    const observer = replica.opened[0]?.observer;
    for (const detail of ['no route; again in 1 s', 'no route; again in 2 s'])
      observer?.({ state: 'connecting', detail });
    observer?.({ state: 'open', detail: 'connected' });
    for (const detail of ['wrong password', 'wrong password']) observer?.({ state: 'misconfigured', detail });
    expect(replica.logged).toEqual([
      'info holds a lease',
      'warn a connection does not stand; it tries again',
      'info a connection is open',
      'error a connection cannot come to stand as it is configured',
    ]);
  });

  describe('with connections that change', () => {
    const wanted = (revision: number, change: JsonObject = {}, orders = {}) => ({
      connection: carConnection(change),
      revision,
      orders,
    });

    it('opens, reopens and closes them as they change, one after the other', async () => {
      const { replica, timers } = runningReplicas();
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect([replica.opened.length, replica.closed.length]).toEqual([1, 0]);
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect(replica.opened).toHaveLength(1);
      replica.runner.apply([wanted(2, { name: 'Cars' })]);
      await timers.advance(1_000);
      expect([replica.opened.length, replica.closed.length]).toEqual([2, 1]);
      replica.runner.apply([wanted(3, { connectionStatus: 'closed' })]);
      await timers.advance(1_000);
      expect([replica.opened.length, replica.closed.length]).toEqual([2, 2]);
      expect(replica.runner.status()).toMatchObject([{ liveStatus: 'closed' }]);
      replica.runner.apply([]);
      expect([replica.runner.status(), replica.runner.reports()]).toEqual([[], []]);
      await replica.runner.stop();
    });

    it('never opens what was taken back before its turn', async () => {
      const { replica, timers } = runningReplicas();
      for (let revision = 1; revision <= 20; revision++) replica.runner.apply([wanted(revision)]);
      await timers.advance(2_000);
      expect(replica.opened.length - replica.closed.length).toBe(1);
      replica.runner.apply([]);
      await timers.advance(2_000);
      expect(replica.opened.length - replica.closed.length).toBe(0);
    });

    it('reports what happened to messages, until it is told to forget', async () => {
      const { replica, timers } = runningReplicas();
      replica.runner.apply([wanted(1, {}, { logsSince: 0, logsUntil: 1_000_000 })]);
      await timers.advance(10);
      await replica.receive(telemetry('car', 7));
      const nonsense = { ...telemetry('car', 7), payload: new TextEncoder().encode('no JSON') };
      await expect(replica.receive(nonsense)).rejects.toMatchObject({ code: 'gemel:message.unacceptable' });
      const said = () => replica.runner.reportsOf('cars')[0]?.says ?? {};
      const consumed = (): unknown => JSON.parse(JSON.stringify(said()['metrics'])).inbound['telemetry/#'];
      expect(consumed()).toMatchObject({
        consumed: { success: { PT1M: 2 } },
        mapped: { success: { PT1M: 1 }, failure: { PT1M: 1 } },
        acknowledged: { success: { PT1M: 1 }, failure: { PT1M: 1 } },
      });
      expect(JSON.stringify(said()['logs'])).toMatch(/"type":"mapped","level":"failure"/);
      replica.runner.apply([wanted(1, {}, { metricsResetAt: 10, logsResetAt: Number.MAX_SAFE_INTEGER })]);
      expect(consumed()).toMatchObject({ consumed: { success: { PT1M: 0 } } });
      expect(said()['logs']).toEqual([]);
      await replica.runner.stop();
    });

    it('makes another connector after a pause when one cannot be made', async () => {
      const { replica, timers } = runningReplicas();
      let tries = 0;
      replica.connector = () => {
        tries++;
        return Promise.reject(new Error('no such certificate'));
      };
      replica.runner.apply([wanted(1)]);
      await timers.advance(0);
      expect(replica.runner.status()).toMatchObject([
        { liveStatus: 'misconfigured', clientStatus: [{ statusDetails: 'no such certificate' }] },
      ]);
      await timers.advance(4_000);
      expect(tries).toBe(1);
      await timers.advance(11_000);
      expect(tries).toBe(3);
      await replica.runner.stop();
    });

    it('gives up at the first failure when it must not try again', async () => {
      const { replica, timers } = runningReplicas();
      replica.runner.apply([wanted(1, { failoverEnabled: false })]);
      await timers.advance(0);
      replica.opened[0]?.observer({ state: 'connecting', detail: 'refused' });
      await timers.advance(10_000);
      expect(replica.closed).toHaveLength(1);
      expect(replica.runner.status()).toMatchObject([
        { liveStatus: 'failed', recoveryStatus: 'backOffLimitReached', clientStatus: [{ statusDetails: 'refused' }] },
      ]);
      await replica.runner.stop();
    });
  });
});
