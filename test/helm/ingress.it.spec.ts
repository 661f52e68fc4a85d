import { compositionRoutes, transferRoutes, typeServiceRoutes } from '@gemel/api/composition';
import { connectionFacadeRoutes, extendedRoutes } from '@gemel/api/extended';
import { thingRoutes } from '@gemel/api/things';
import { policyRoutes } from '@gemel/api/policies';
import { searchRoutes } from '@gemel/api/search';
import { connectionManagementRoutes } from '@gemel/api/connections';
import { named, render } from './chart.js';

/** Stands for every service: nothing is asked of it before a request comes. */
const anything: never = new Proxy((): never => anything, { get: () => anything }) as never;
const OF_EXTENDED_API = [
  ...compositionRoutes(anything),
  ...typeServiceRoutes(anything, anything, anything),
  ...transferRoutes(anything),
  ...extendedRoutes(anything),
  ...connectionFacadeRoutes(anything),
];
const OF_THINGS = [
  ...thingRoutes(anything),
  ...policyRoutes(anything),
  ...searchRoutes(anything, anything),
  ...connectionManagementRoutes(anything),
];

describe('the Ingress of a cluster', () => {
  const { spec } = named(render({ file: 'values-production.yaml' }), 'Ingress', 'gemel-http');
  const prefixes = (spec?.rules?.[0]?.http?.paths ?? []).filter(({ pathType }) => pathType === 'Prefix');
  /** The longest prefix of whole segments, as Kubernetes has it. */
  const serviceFor = (path: string) =>
    prefixes
      .filter((each) => `${path}/`.startsWith(`${each.path ?? ''}/`))
      .toSorted((one, other) => (other.path?.length ?? 0) - (one.path?.length ?? 0))[0]?.backend.service?.name;
  const strayed = (routes: readonly { readonly path: string }[], service: string) =>
    routes.map(({ path }) => path).filter((path) => path.startsWith('/api') && serviceFor(path) !== service);

  it('sends what the extended API answers to it', () => {
    expect(strayed(OF_EXTENDED_API, 'gemel-extended-api')).toEqual([]);
  });

  it('sends what things answer to them', () => {
    expect(strayed(OF_THINGS, 'gemel-things')).toEqual([]);
  });
});
