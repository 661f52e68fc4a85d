import { parse } from 'yaml';
import { CHART, componentOf, environmentOf, helm, named, nameOf, ofKind, podsOf, render } from './chart.js';
import type { KubernetesObject } from './chart.js';
import { secretValue } from './references.js';

const production = (values: object = {}) => render({ file: 'values-production.yaml', values });
const kindsOf = (objects: readonly KubernetesObject[]) =>
  [...new Set(objects.map(({ kind }) => kind ?? ''))].toSorted();

describe('solo', () => {
  it('is one process with a volume, its Services, and what Grafana looks for', () => {
    const objects = render({});
    expect(kindsOf(objects)).toEqual(['ConfigMap', 'Pod', 'Secret', 'Service', 'ServiceAccount', 'StatefulSet']);
    const set = named(objects, 'StatefulSet', 'gemel-solo');
    expect(set.spec).toMatchObject({ replicas: 1, serviceName: 'gemel-solo' });
    expect(set.spec?.template.spec?.containers[0]?.args).toEqual(['apps/solo/bundle/main.js']);
    expect(set.spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests).toEqual({ storage: '8Gi' });
  });

  it('takes no storage class, the one named, or none', () => {
    const classOf = (storageClass: string) =>
      named(render({ values: { solo: { persistence: { storageClass } } } }), 'StatefulSet', 'gemel-solo').spec
        ?.volumeClaimTemplates?.[0]?.spec;
    expect(classOf('')).not.toHaveProperty('storageClassName');
    expect(classOf('fast')).toHaveProperty('storageClassName', 'fast');
    expect(classOf('-')).toHaveProperty('storageClassName', '');
  });

  it('keeps data on the claim that is given, or nowhere', () => {
    const dataOf = (persistence: object) => {
      const { spec } = named(render({ values: { solo: { persistence } } }), 'StatefulSet', 'gemel-solo');
      expect(spec?.volumeClaimTemplates).toBeUndefined();
      return spec?.template.spec?.volumes?.find(({ name }) => name === 'data');
    };
    expect(dataOf({ existingClaim: 'old' })).toEqual({ name: 'data', persistentVolumeClaim: { claimName: 'old' } });
    expect(dataOf({ enabled: false })).toEqual({ name: 'data', emptyDir: {} });
  });
});

describe('secrets', () => {
  it('make up passwords for two users, the same in every key', () => {
    const objects = render({});
    const read = (key: string) => secretValue(objects, 'gemel-users', key);
    expect(read('ditto-password')).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(read('users')).toBe(`ditto:${read('ditto-password')},devops:${read('devops-password')}:operator`);
    expect(read('grafana-token')).toBe(`ditto:${read('ditto-password')}`);
    expect(secretValue(render({}), 'gemel-users', 'users')).not.toBe(read('users'));
  });

  it('are not made where the values name others', () => {
    expect(ofKind(production(), 'Secret')).toEqual([]);
  });

  it('hold what is given inline, and pods restart when it changes', () => {
    const withUsers = (value: string) => render({ values: { users: { value } } });
    expect(secretValue(withUsers('a:b'), 'gemel-users', 'users')).toBe('a:b');
    const annotations = (value: string) => podsOf(withUsers(value))[0]?.metadata?.annotations;
    expect(annotations('a:b')).toEqual(annotations('a:b'));
    expect(annotations('a:b')).not.toEqual(annotations('a:c'));
  });

  it('are never in an environment or a ConfigMap as text', () => {
    const values = {
      users: { existingSecret: '', value: 'ann:Th1sIsSecret' },
      mongodb: { existingSecret: '', url: 'mongodb://u:Th1sIsSecret@m' },
    };
    const others = production(values).filter(({ kind }) => kind !== 'Secret');
    expect(JSON.stringify(others)).not.toContain('Th1sIsSecret');
  });
});

describe('the processes of a cluster', () => {
  it('are of one image, and told apart by what they run', () => {
    const containers = podsOf(production()).flatMap(({ spec }) => spec?.containers ?? []);
    expect(new Set(containers.map(({ image }) => image))).toEqual(new Set(['registry.example.com/gemel:0.1.0']));
    expect(containers.map(({ args }) => args?.[0]).filter((arg) => arg?.startsWith('apps/'))).toEqual([
      'apps/things/bundle/main.js',
      'apps/extended-api/bundle/main.js',
      'apps/ingest/bundle/main.js',
    ]);
  });

  it('have their own resources and placement over the common one', () => {
    const objects = production({
      pod: { nodeSelector: { disk: 'ssd' }, priorityClassName: 'high' },
      ingest: { pod: { priorityClassName: 'low' } },
    });
    const priorities = ofKind(objects, 'Deployment').map(({ spec }) => [
      spec?.template.spec?.priorityClassName,
      spec?.template.spec?.nodeSelector,
    ]);
    expect(priorities).toEqual([
      ['high', { disk: 'ssd' }],
      ['low', { disk: 'ssd' }],
      ['high', { disk: 'ssd' }],
    ]);
  });

  it('are spread over zones and nodes', () => {
    for (const { spec } of ofKind(production(), 'Deployment'))
      expect(spec?.template.spec?.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
  });

  it('scale by CPU, and by memory when asked to', () => {
    const metricsOf = (objects: readonly KubernetesObject[]) =>
      named(objects, 'HorizontalPodAutoscaler', 'gemel-things').spec?.metrics?.map(({ resource }) => resource?.name);
    expect(metricsOf(production())).toEqual(['cpu']);
    const memory = { things: { autoscaling: { targetMemoryUtilizationPercentage: 80 } } };
    expect(metricsOf(production(memory))).toEqual(['cpu', 'memory']);
  });

  it('give ingest its connections as a file', () => {
    const connections = { inline: [{ id: 'one', connectionType: 'mqtt' }] };
    const objects = production({ connections });
    const pod = podsOf(objects).find((one) => componentOf(one) === 'ingest');
    expect(JSON.parse(secretValue(objects, 'gemel-connections', 'connections.json'))).toEqual(connections.inline);
    const file = pod?.spec?.containers[0]?.env?.find(({ name }) => name === 'GEMEL_CONNECTIONS_FILE')?.value ?? '';
    const mount = pod?.spec?.containers[0]?.volumeMounts?.find(({ name }) => name === 'connections');
    const items = pod?.spec?.volumes?.find(({ name }) => name === 'connections')?.secret?.items;
    expect(`${mount?.mountPath ?? ''}/${items?.[0]?.path ?? ''}`).toBe(file);
  });
});

describe('the Ingress', () => {
  const routesOf = (objects: readonly KubernetesObject[]) =>
    Object.fromEntries(
      (named(objects, 'Ingress', 'gemel-http').spec?.rules?.[0]?.http?.paths ?? []).map(({ path, backend }) => [
        path,
        backend.service?.name,
      ]),
    ) as Record<string, string>;

  it('sends types and twins to the extended API and the rest to things', () => {
    const routes = routesOf(production());
    expect(routes).toMatchObject({
      '/api/types': 'gemel-extended-api',
      '/api/twins': 'gemel-extended-api',
      '/api/policies': 'gemel-extended-api',
      '/api/connections': 'gemel-extended-api',
      '/api/2/integrity': 'gemel-extended-api',
      '/api': 'gemel-things',
      '/apidoc': 'gemel-things',
    });
    expect(Object.keys(routes).filter((path) => /metrics|devops|health/.test(path))).toEqual([]);
  });

  it('sends everything to solo, MQTT over WebSocket too', () => {
    const routes = routesOf(render({ values: { ingress: { enabled: true, hosts: ['a.example.com'] } } }));
    expect(new Set(Object.values(routes))).toEqual(new Set(['gemel-solo']));
    expect(routes).toHaveProperty('/mqtt');
  });

  it('keeps streams open that are silent', () => {
    const { metadata } = named(production(), 'Ingress', 'gemel-http');
    expect(metadata?.annotations).toMatchObject({ 'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600' });
  });
});

describe('network policies', () => {
  it('deny everything but what they name', () => {
    const objects = production();
    const all = { 'app.kubernetes.io/name': 'gemel', 'app.kubernetes.io/instance': 'gemel' };
    const deny = named(objects, 'NetworkPolicy', 'gemel-default-deny').spec;
    expect(deny).toEqual({ podSelector: { matchLabels: all }, policyTypes: ['Ingress', 'Egress'] });
    const { ingress, egress } = named(objects, 'NetworkPolicy', 'gemel-ingest').spec ?? {};
    expect(ingress?.[0]?.from).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    });
    expect(egress?.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([
      53, 53, 27017, 9092, 8086, 1883, 8883,
    ]);
  });

  it('let solo call nobody, and devices call solo', () => {
    const { ingress, egress } =
      named(render({ values: { networkPolicy: { enabled: true } } }), 'NetworkPolicy', 'gemel-solo').spec ?? {};
    expect(ingress?.map(({ ports }) => ports?.[0]?.port)).toEqual(['http', 'mqtt']);
    expect(egress).toBeUndefined();
  });
});

describe('monitoring', () => {
  const monitors = (create: string, apis: readonly string[] = []) =>
    ofKind(render({ values: { serviceMonitor: { create } }, apis }), 'ServiceMonitor').map(nameOf);

  it('is set up where the cluster knows how, always, or never', () => {
    expect(monitors('auto')).toEqual([]);
    expect(monitors('auto', ['monitoring.coreos.com/v1/ServiceMonitor'])).toEqual(['gemel-metrics']);
    expect(monitors('always')).toEqual(['gemel-metrics']);
    expect(monitors('never', ['monitoring.coreos.com/v1/ServiceMonitor'])).toEqual([]);
  });

  it('gives Grafana a data source without a token in it, and the dashboards', () => {
    const objects = production();
    const source = named(objects, 'ConfigMap', 'gemel-datasource');
    expect(source.metadata?.labels).toMatchObject({ grafana_datasource: '1' });
    expect(parse(source.data?.['gemel.yaml'] ?? '')).toMatchObject({
      datasources: [
        {
          type: 'influxdb',
          url: 'http://influxdb.data.svc:8086',
          jsonData: { version: 'Flux', organization: 'opentwins', defaultBucket: 'default' },
          secureJsonData: { token: '${GEMEL_INFLUXDB_TOKEN}' },
        },
      ],
    });
    const dashboards = ofKind(objects, 'ConfigMap').filter(
      ({ metadata }) => metadata?.labels?.['grafana_dashboard'] === '1',
    );
    expect(dashboards.map(nameOf)).toEqual(['gemel-dashboard-operations', 'gemel-dashboard-twins']);
  });

  it('points Grafana at Gemel itself in mode solo', () => {
    const { data } = named(render({}), 'ConfigMap', 'gemel-datasource');
    expect(data?.['gemel.yaml']).toContain('url: http://gemel-solo.twins.svc:8080');
  });
});

describe('bundled services', () => {
  it('are the five that a cluster needs, wired to its processes', () => {
    const objects = render({ file: 'values-try.yaml' });
    expect(ofKind(objects, 'StatefulSet').map(nameOf)).toEqual(
      ['grafana', 'influxdb', 'kafka', 'mongodb', 'mosquitto'].map((name) => `gemel-${name}`),
    );
    const ingest = podsOf(objects).find((pod) => componentOf(pod) === 'ingest');
    const env = Object.fromEntries(
      (ingest === undefined ? [] : environmentOf(ingest)).map(({ name, value }) => [name, value]),
    );
    expect(env).toMatchObject({
      GEMEL_KAFKA_BROKERS: 'gemel-kafka:9092',
      GEMEL_INFLUXDB_URL: 'http://gemel-influxdb:8086',
    });
    const password = secretValue(objects, 'gemel-mqtt', 'password');
    expect(secretValue(objects, 'gemel-mqtt', 'url')).toBe(`mqtt://gemel:${password}@gemel-mosquitto:1883`);
  });
});

describe('helm test', () => {
  it('asks every process of the release', () => {
    const { metadata, spec } = named(production(), 'Pod', 'gemel-test');
    expect(metadata?.annotations).toMatchObject({ 'helm.sh/hook': 'test' });
    expect(spec?.containers[0]?.env?.[0]?.value).toBe(
      'http://gemel-things:8080,http://gemel-extended-api:8080,http://gemel-ingest:8080',
    );
  });
});

describe('the chart', () => {
  it('packs', () => {
    expect(helm(['show', 'chart', CHART])).toContain('name: gemel');
  });
});
