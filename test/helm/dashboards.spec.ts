import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from '@gemel/testkit/waiting';
import { startSolo, withFolder } from '../support/solo.js';
import type { Solo } from '../support/solo.js';
import { CHART } from './chart.js';
import { dashboardSchema } from './strict-schemas.js';

interface Target {
  readonly expr?: string;
  readonly query?: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } | string }[];
  };
}

const FILES = readdirSync(`${CHART}/dashboards`);

describe.each(FILES)('dashboard %s', (file) => {
  const dashboard = read(file);

  it('is one by the types of Grafana', () => {
    expect(dashboardSchema()(dashboard)).toEqual([]);
  }, 60_000);

  it('has panels of different ids that do not cover each other', () => {
    const { panels } = dashboard;
    expect(panels.length).toBeGreaterThan(3);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('asks the data source that was chosen, by variables that there are', () => {
    const names = dashboard.templating.list.map(({ name }) => name);
    expect(names).toContain('datasource');
    for (const { type, datasource } of dashboard.panels)
      if (type !== 'row') expect(datasource?.uid).toBe('${datasource}');
    for (const query of queriesOf(dashboard))
      for (const [, name = ''] of query.matchAll(/\$\{?([a-z]\w*)/g)) expect(names).toContain(name);
  });
});

it('the schema refuses a dashboard that is none', () => {
  const broken = { ...read('twins.json'), panels: [{ type: 3 }], graphTooltip: 'none' };
  expect(dashboardSchema()(broken).join('\n')).toMatch(/graphTooltip/);
}, 60_000);

describe('what the dashboards ask', () => {
  it(
    'exists: metrics by their names, and the history by its own queries',
    () =>
      withFolder(async (folder) => {
        const solo = await startSolo(folder, {}, ['--sample']);
        const lines = await eventually(
          () => flux(solo, fluxQueries()[0] ?? ''),
          (text) => text.includes('example:mycar'),
        );
        expect(lines).toContain('_value');
        for (const query of fluxQueries())
          expect(await flux(solo, query)).toMatch(/example:mycar|value_velocity_properties_value/);
        const metrics = await (await fetch(`${solo.http}/metrics`)).text();
        for (const metric of metricsAsked()) expect(metrics).toContain(metric);
        expect(await solo.stop()).toBe(0);
      }),
    60_000,
  );
});

function read(file: string): Dashboard {
  return JSON.parse(readFileSync(`${CHART}/dashboards/${file}`, 'utf8')) as Dashboard;
}

function queriesOf({ panels, templating }: Dashboard): readonly string[] {
  return [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr, query }) => expr ?? query ?? '')),
    ...templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query)),
  ];
}

/** Names of metrics in the dashboards. */
function metricsAsked(): readonly string[] {
  const names = FILES.flatMap((file) => queriesOf(read(file))).flatMap(
    (query) => query.match(/\b(gemel|process|nodejs)_\w+/g) ?? [],
  );
  const metrics = new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  return [...metrics];
}

/** The queries for the history as Grafana sends them: variables filled in. */
function fluxQueries(): readonly string[] {
  return queriesOf(read('twins.json'))
    .filter((query) => query.includes('v.defaultBucket'))
    .map((query) =>
      query
        .replaceAll('${thing:regex}', '(example:mycar|example:mycar:wheel_1)')
        .replaceAll('${field:regex}', '(value_velocity_properties_value|value_gps_properties_latitude)')
        .replaceAll('v.defaultBucket', '"default"')
        .replaceAll('v.timeRangeStart', '-1h')
        .replaceAll('v.timeRangeStop', 'now()')
        .replaceAll('v.windowPeriod', '10s'),
    );
}

async function flux({ http }: Solo, query: string): Promise<string> {
  const response = await fetch(`${http}/api/v2/query?org=opentwins`, {
    method: 'POST',
    headers: { authorization: 'Token ditto:ditto', 'content-type': 'application/vnd.flux', accept: 'application/csv' },
    body: query,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} for\n${query}\n${text}`);
  return text;
}
