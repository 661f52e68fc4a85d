import { parseConnection } from '@gemel/model/connections';
import type { PostedReport } from '../ports/index.js';
import { reportOf } from './connection-report.js';
import type { ClientStatus } from './connection-status.js';
import { metricsOf, statusOf } from './connection-view.js';
import { ConnectionMonitor } from './monitoring/index.js';

const connection = parseConnection({
  id: 'cars',
  connectionType: 'mqtt-5',
  uri: 'tcp://broker',
  clientCount: 2,
  sources: [{ addresses: ['plain/#', '$share/g/shared/#'], qos: 1, authorizationContext: ['nginx:ditto'] }],
  targets: [{ address: 'x', topics: ['_/_/things/twin/events'], qos: 1, authorizationContext: ['nginx:ditto'] }],
});
const now = 100_000;

/** @param silentMs of the process; undefined when it never said that it is there */
function told(client: number, state: ClientStatus, since: number, silentMs?: number): PostedReport {
  const live = { status: { state, detail: 'so it is' }, since, hindrances: [] };
  const report = reportOf({
    ...{ connection, client, live, now, revision: 1 },
    instance: `r-${String(client)}`,
    monitor: undefined,
  });
  return { ...report, silentMs };
}

const looked = (reports: readonly PostedReport[], wanted = 'open') =>
  statusOf({ id: 'cars', wanted, revision: 1, modified: 1_000, reports, connection, orders: {}, now });

const partOf = (status: unknown, name: string): readonly unknown[] =>
  (status as Record<string, readonly unknown[]>)[name] ?? [];

describe('the status of a connection with two clients', () => {
  it('is open when both are, since the first of them is', () => {
    const status = looked([told(1, 'open', 2_000, 900), told(0, 'open', 3_000, 0)]);
    expect(status).toMatchObject({
      liveStatus: 'open',
      recoveryStatus: 'succeeded',
      connectedSince: '1970-01-01T00:00:02Z',
      clientStatus: [{ client: 'r-0' }, { client: 'r-1' }],
    });
  });

  it('is unknown while nobody tells of one of them', () => {
    const status = looked([told(0, 'open', 3_000, 0)]);
    expect(status).toMatchObject({
      liveStatus: 'unknown',
      recoveryStatus: 'ongoing',
      clientStatus: [
        { client: 'r-0', status: 'open' },
        { client: 'none', status: 'unknown', statusDetails: 'No process has it open yet.' },
      ],
    });
    expect(partOf(status, 'sourceStatus')).toMatchObject([
      { address: 'plain/#', status: 'open' },
      { address: '$share/g/shared/#', status: 'open' },
      { address: '$share/g/shared/#', status: 'unknown' },
    ]);
    expect(partOf(status, 'targetStatus')).toHaveLength(2);
  });

  it('is unknown when the process of one of them has been silent for so long that it has lost its lease', () => {
    expect(looked([told(0, 'open', 3_000, 6_000), told(1, 'open', 2_000, 0)])).toMatchObject({ liveStatus: 'open' });
    expect(looked([told(0, 'open', 3_000, 6_001), told(1, 'open', 2_000, 0)])).toMatchObject({
      liveStatus: 'unknown',
      connectedSince: '1970-01-01T00:00:02Z',
      clientStatus: [
        { client: 'r-0', status: 'unknown', statusDetails: expect.stringMatching(/said nothing for 6 s/) },
        { client: 'r-1', status: 'open' },
      ],
    });
  });

  it.each([
    ['failed', ['failed', 'misconfigured']],
    ['misconfigured', ['misconfigured', 'open']],
    ['failed', ['open', 'connecting']],
    ['unknown', ['open', 'closed']],
    ['unknown', ['opening', 'open']],
    ['closed', ['closed', 'closed']],
  ] as const)('is %s when they are %j', (liveStatus, [first, second]) => {
    expect(looked([told(0, first, 1, 0), told(1, second, 1, 0)])).toMatchObject({ liveStatus });
  });

  it('is closed when it should be, whatever a process that is gone has left', () => {
    const status = looked([told(0, 'open', 3_000, 9_000)], 'closed');
    expect(status).toMatchObject({ liveStatus: 'closed', clientStatus: [{ status: 'closed' }] });
    expect(status).not.toHaveProperty('connectedSince');
  });

  it('believes for half a minute a process that does not say whether it is there', () => {
    expect(looked([told(0, 'open', 1, undefined), told(1, 'open', 1, 0)])).toMatchObject({ liveStatus: 'open' });
    const old = { ...told(0, 'open', 1, undefined), at: now - 30_000 };
    expect(looked([old, told(1, 'open', 1, 0)])).toMatchObject({ liveStatus: 'unknown' });
  });
});

describe('the metrics of a connection that is to count anew', () => {
  const clock = { now: () => now };
  /** Of a process that has counted a message, and done the order of a moment. */
  const report = (metricsResetAt: number | undefined, at: number): PostedReport => {
    const monitor = new ConnectionMonitor(connection, clock);
    if (metricsResetAt !== undefined) monitor.follow({ metricsResetAt });
    monitor.inbound('plain/#', 'consumed', undefined);
    const live = { status: { state: 'open', detail: 'so it is' }, since: 1, hindrances: [] } as const;
    const parts = { connection, client: 0, live, revision: 1, instance: 'r-0', monitor, now: at };
    return { ...reportOf(parts), silentMs: 0 };
  };
  const countedIn = (reports: readonly PostedReport[], metricsResetAt?: number) => {
    const orders = metricsResetAt === undefined ? {} : { metricsResetAt };
    const observed = { id: 'cars', wanted: 'open', revision: 1, modified: 1_000, reports, connection, orders, now };
    const none = new ConnectionMonitor(connection, clock).metrics.toJson(now);
    return metricsOf(observed, none)['connectionMetrics'];
  };
  const consumed = (count: number) => ({ inbound: { consumed: { success: { PT1M: count } } } });

  it('are all while nobody has ordered it', () => {
    expect(countedIn([report(undefined, now)])).toMatchObject(consumed(1));
  });

  it('are none until its process has done so, also when it says something meanwhile', () => {
    expect(countedIn([report(undefined, now - 10)], now - 1)).toMatchObject(consumed(0));
    expect(countedIn([report(undefined, now)], now - 1)).toMatchObject(consumed(0));
    expect(countedIn([report(now - 20, now)], now - 1)).toMatchObject(consumed(0));
  });

  it('are what its process has counted since, whatever its clock shows', () => {
    expect(countedIn([report(now - 1, now - 5_000)], now - 1)).toMatchObject(consumed(1));
  });
});
