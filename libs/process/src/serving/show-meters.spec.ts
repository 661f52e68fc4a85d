import type { Meter } from '@gemel/application/ports';
import { Registry } from 'prom-client';
import { showMeters } from './show-meters.js';

function textOf(...meters: readonly Meter[]): Promise<string> {
  const registry = new Registry();
  showMeters(registry, meters);
  return registry.metrics();
}

describe('showMeters', () => {
  it('reads when asked', async () => {
    let value = 1;
    const registry = new Registry();
    showMeters(registry, [{ name: 'gemel_a_total', help: 'A.', kind: 'counter', read: () => value }]);
    expect(await registry.metrics()).toContain('# TYPE gemel_a_total counter\ngemel_a_total 1');
    value = 5;
    expect(await registry.metrics()).toContain('gemel_a_total 5');
  });

  it('shows a number for each value of the labels, and only those that are there now', async () => {
    let readers = ['history', 'alarms'];
    const registry = new Registry();
    const read = async () => readers.map((reader) => ({ labels: { reader }, value: 7 }));
    showMeters(registry, [{ name: 'gemel_lag', help: 'Lag.', kind: 'gauge', labels: ['reader'], read }]);
    expect(await registry.metrics()).toMatch(/gemel_lag{reader="history"} 7\ngemel_lag{reader="alarms"} 7/);
    readers = ['alarms'];
    expect(await registry.metrics()).not.toContain('history');
  });

  it.each([[[]], [['room']]])('shows nothing where there is no number, not even a 0 (labels %j)', async (labels) => {
    let numbers: readonly number[] = [];
    const registry = new Registry();
    const read = async () => numbers.map((value) => ({ labels: {}, value }));
    showMeters(registry, [{ name: 'lamps', help: 'Lamps.', kind: 'gauge', labels, read }]);
    expect(await registry.metrics()).not.toMatch(/^lamps/m);
    numbers = [3];
    expect(await registry.metrics()).toMatch(/^lamps 3$/m);
    numbers = [];
    expect(await registry.metrics()).not.toMatch(/^lamps/m);
  });

  it('makes one metric of those with one name', async () => {
    const of = (cache: string): Meter => ({
      name: 'gemel_hits_total',
      help: 'Hits.',
      kind: 'counter',
      labels: ['cache'],
      read: () => [{ labels: { cache }, value: 1 }],
    });
    const text = await textOf(of('things'), of('policies'));
    expect(text).toContain('gemel_hits_total{cache="things"} 1\ngemel_hits_total{cache="policies"} 1');
  });
});
