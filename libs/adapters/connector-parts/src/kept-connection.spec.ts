import type { ConnectorStatus } from '@gemel/application/ports';
import { until } from '@gemel/testkit/contracts';

import { KeptConnection } from './kept-connection.js';
import { networkFault } from './link-fault.js';
import type { LinkFault } from './link-fault.js';
import type { Session } from './session.js';

let connects: number;
let ends: ((fault: LinkFault) => void)[];
let fail: Error | undefined;
let statuses: ConnectorStatus[];
let kept: KeptConnection;

function open(failoverEnabled = true): void {
  [connects, ends, fail, statuses] = [0, [], undefined, []];
  kept = new KeptConnection({
    connect: () => {
      connects++;
      if (fail !== undefined) return Promise.reject(fail);
      let end: (fault: LinkFault) => void = () => undefined;
      const session: Session = {
        ended: new Promise((resolve) => (end = resolve)),
        close: async () => {
          end({ state: 'connecting', detail: 'closed' });
        },
      };
      ends.push(end);
      return Promise.resolve(session);
    },
    faultOf: networkFault,
    firstPauseMs: 1,
    longestPauseMs: 4,
    failoverEnabled,
    onStatus: (status) => statuses.push(status),
  });
}

afterEach(() => kept.close(0));

describe('kept connection', () => {
  it('makes a new session after the end of each', async () => {
    open();
    kept.start();
    await until(() => kept.status().state === 'open');
    ends[0]?.({ state: 'connecting', detail: 'gone' });
    await until(() => connects === 2 && kept.status().state === 'open');
    expect(statuses.map(({ state }) => state)).toEqual(['open', 'connecting', 'open']);
    expect(statuses[1]?.detail).toBe('gone; it tries again in 1 s');
  });

  it('goes on trying, and says whether that is of use', async () => {
    open();
    fail = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    kept.start();
    await until(() => connects > 3);
    expect(kept.status()).toMatchObject({ state: 'misconfigured' });
    fail = undefined;
    await until(() => kept.status().state === 'open');
  });

  it('gives up after a failure when it is told to', async () => {
    open(false);
    kept.start();
    await until(() => kept.status().state === 'open');
    ends[0]?.({ state: 'connecting', detail: 'gone' });
    await until(() => kept.status().state === 'failed');
    expect(kept.status().detail).toMatch(/does not try again/);
    expect(connects).toBe(1);
  });

  it('makes a new session when it is asked to, also when it would give up otherwise', async () => {
    open(false);
    kept.start();
    await until(() => kept.status().state === 'open');
    kept.reconnect(1, 'a message could not be handled');
    await until(() => connects === 2 && kept.status().state === 'open');
    expect(statuses[1]?.detail).toMatch(/^a message could not be handled/);
  });

  it('makes none any more once it is closed', async () => {
    open();
    kept.start();
    await until(() => kept.status().state === 'open');
    await kept.close(0);
    expect(connects).toBe(1);
  });
});
