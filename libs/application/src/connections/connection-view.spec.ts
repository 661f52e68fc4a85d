import { parseConnection } from '@gemel/model/connections';
import type { PostedReport } from '../ports/index.js';
import { reportOf } from './connection-report.js';
import type { ClientStatus } from './connection-status.js';
import { statusOf } from './connection-view.js';

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
