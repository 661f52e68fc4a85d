import { parseConnection } from '@gemel/model/connections';
import { logEntryJson } from './connection-logs.js';
import { ConnectionMonitor } from './connection-monitor.js';

const connection = parseConnection({
  id: 'cars',
  connectionType: 'mqtt',
  uri: 'tcp://broker:1883',
  sources: [{ addresses: ['a/#', 'b'], qos: 1, authorizationContext: ['nginx:ditto'] }],
  targets: [{ address: 'x/{{ thing:id }}', topics: ['_/_/things/twin/events'], qos: 1, authorizationContext: ['a:b'] }],
});

function opened() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const monitor = new ConnectionMonitor(connection, clock);
  const { time } = clock;
  monitor.follow({ logsSince: time, logsUntil: time + 3_600_000 });
  return { clock, monitor };
}

describe('ConnectionMonitor', () => {
  it('shows every type of every address from the beginning, as Ditto does', () => {
    const { monitor, clock } = opened();
    const { inbound, outbound } = monitor.metrics.toJson(clock.time);
    expect(Object.keys(inbound)).toEqual(['a/#', 'b']);
    expect(Object.keys(outbound)).toEqual(['x/{{ thing:id }}', '_responses']);
    const nothing = { PT1M: 0, PT1H: 0, PT24H: 0, lastMessageAt: null };
    expect(inbound['b']).toMatchObject({ consumed: { success: nothing, failure: nothing } });
    expect(Object.keys(outbound['_responses'] ?? {})).toEqual([
      ...['dispatched', 'filtered', 'mapped', 'dropped', 'published', 'acknowledged'],
    ]);
  });

  it('counts success and failure apart, with the time of the last', () => {
    const { monitor, clock } = opened();
    monitor.inbound('a/#', 'consumed', undefined);
    clock.time += 1_000;
    monitor.inbound('a/#', 'consumed', 'It was no JSON.');
    monitor.inbound('nowhere', 'consumed', undefined);
    expect(monitor.metrics.toJson(clock.time).inbound['a/#']).toMatchObject({
      consumed: {
        success: { PT1M: 1, PT1H: 1, PT24H: 1, lastMessageAt: '2023-11-14T22:13:20Z' },
        failure: { PT1M: 1, lastMessageAt: '2023-11-14T22:13:21Z' },
      },
    });
  });

  it('keeps the last ten successes and failures of each kind', () => {
    const { monitor, clock } = opened();
    for (let index = 0; index < 30; index++) {
      clock.time += 1;
      monitor.inbound('b', 'mapped', index % 2 === 0 ? undefined : `failure ${index}`, { correlationId: `c${index}` });
    }
    monitor.connection('It is open.', 'success');
    const entries = monitor.logs.entries();
    expect(entries).toHaveLength(21);
    expect(entries.at(-2)).toMatchObject({ level: 'failure', message: 'failure 29', correlationId: 'c29' });
    expect(logEntryJson(entries.at(-1) ?? fail(), 'replica')).toEqual({
      correlationId: '<not-provided>',
      timestamp: '2023-11-14T22:13:20.030Z',
      category: 'connection',
      type: 'other',
      level: 'success',
      message: 'It is open.',
      instanceId: 'replica',
    });
  });

  it('keeps nothing outside of the time that was asked for', () => {
    const { monitor, clock } = opened();
    clock.time += 3_600_000;
    monitor.connection('It is open.', 'success');
    expect(monitor.logs.entries()).toEqual([]);
    monitor.follow({ logsSince: clock.time, logsUntil: clock.time + 1 });
    monitor.connection('It is open.', 'success');
    expect(monitor.logs.entries()).toHaveLength(1);
  });

  it('bounds what addresses with placeholders make', () => {
    const { monitor } = opened();
    for (let index = 0; index < 1_000; index++) monitor.outbound(`x/${index}`, 'published', 'y'.repeat(5_000));
    const entries = monitor.logs.entries();
    expect(entries.length).toBeLessThanOrEqual(200);
    expect(Math.max(...entries.map(({ message }) => message.length))).toBe(1_000);
  });

  it('does what it is ordered to once', () => {
    const { monitor, clock } = opened();
    monitor.inbound('b', 'consumed', undefined);
    const now = clock.time + 1;
    const ordered = { logsResetAt: now, metricsResetAt: now };
    monitor.follow(ordered);
    expect(monitor.logs.entries()).toEqual([]);
    expect(monitor.metrics.toJson(clock.time).inbound['b']).toMatchObject({ consumed: { success: { PT1M: 0 } } });
    monitor.inbound('b', 'consumed', undefined);
    monitor.follow(ordered);
    expect(monitor.metrics.toJson(clock.time).inbound['b']).toMatchObject({ consumed: { success: { PT1M: 1 } } });
  });

  it('forgets no log that is newer than the order, although it hears of the order late', () => {
    const { monitor, clock } = opened();
    monitor.inbound('b', 'consumed', undefined);
    clock.time += 10;
    const logsResetAt = clock.time;
    monitor.inbound('b', 'mapped', undefined);
    monitor.follow({ logsResetAt });
    expect(monitor.logs.entries()).toMatchObject([{ type: 'mapped' }]);
  });
});

function fail(): never {
  throw new Error('there is no entry');
}
