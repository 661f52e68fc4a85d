import fc from 'fast-check';
import { compositeStatus, isHealthy, leafStatus, withLabel } from './index.js';
import type { Health } from './index.js';

describe('a composite status', () => {
  it('is DOWN when a child is, UP when one is and none is down, else UNKNOWN; UP without children', () => {
    const healths = fc.array(fc.constantFrom<Health>('UP', 'DOWN', 'UNKNOWN'));
    fc.assert(
      fc.property(healths, (each) => {
        const { status } = compositeStatus(each.map((health, index) => leafStatus(`${index}`, health)));
        const expected = each.includes('DOWN') ? 'DOWN' : each.includes('UP') || each.length === 0 ? 'UP' : 'UNKNOWN';
        expect(status).toBe(expected);
        expect(isHealthy({ status })).toBe(!each.includes('DOWN'));
      }),
    );
  });

  it('names the children that have something to tell, errors first', () => {
    const info = compositeStatus([
      leafStatus('kafka', 'UP', [{ WARN: 'slow' }]),
      leafStatus('mongodb', 'DOWN', [{ ERROR: 'away' }]),
      { status: 'DOWN', details: [{ ERROR: 'also' }] },
      leafStatus('influxdb', 'UP', [{ INFO: 'fine' }]),
    ]);
    expect(info.details).toEqual([
      { ERROR: 'See detailed messages for: mongodb, [2].' },
      { WARN: 'See detailed messages for: kafka.' },
    ]);
  });

  it('takes a label in the place of the one it had', () => {
    expect(withLabel('new', leafStatus('old', 'UP'))).toEqual({ label: 'new', status: 'UP' });
  });
});
