import { readFileSync } from 'node:fs';
import { CHART, componentOf, containersOf, nameOf, ofKind, podsOf, portsOf, render } from './chart.js';
import type { KubernetesObject, RunningPod } from './chart.js';
import { isMade, referencesOf, secretValue, selects } from './references.js';
import { MATRIX } from './values-matrix.js';

const OWN = ['solo', 'things', 'extended-api', 'ingest'];
const isOwn = (pod: RunningPod) => OWN.includes(componentOf(pod));
const runsOn = ({ owner }: RunningPod) => !owner.startsWith('Pod ');

describe.each(MATRIX)('with $title', ({ options }) => {
  let objects: readonly KubernetesObject[];
  let pods: readonly RunningPod[];

  beforeAll(() => {
    objects = render(options);
    pods = podsOf(objects);
  });

  it('runs no pod with more rights than it needs', () => {
    for (const pod of pods) {
      expect(pod.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(pod.spec?.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext } of containersOf(pod))
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    }
  });

  it('lets no process of ours write to its image', () => {
    for (const pod of pods.filter((one) => isOwn(one) || componentOf(one) === 'test'))
      for (const { securityContext } of containersOf(pod)) expect(securityContext?.readOnlyRootFilesystem).toBe(true);
  });

  it('says of every container what it needs and how much memory it may take', () => {
    for (const container of pods.flatMap(containersOf)) {
      expect(container.resources?.requests).toMatchObject({ cpu: expect.anything(), memory: expect.anything() });
      expect(container.resources?.limits).toMatchObject({ memory: expect.anything() });
    }
  });

  it('probes every container that stays, at a port that it has', () => {
    for (const pod of pods.filter(runsOn)) {
      const ports = portsOf(pod).map(({ name }) => name);
      for (const { startupProbe, livenessProbe, readinessProbe } of pod.spec?.containers ?? []) {
        for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
          expect(probe).toBeDefined();
          if (probe?.exec === undefined) expect(ports).toContain(probe?.httpGet?.port ?? probe?.tcpSocket?.port);
        }
      }
    }
  });

  it('lets a stopping process serve until it is forgotten, and drain', () => {
    for (const { spec } of pods.filter(isOwn)) {
      const sleep = spec?.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
      expect(sleep).toBeGreaterThan(0);
      expect(spec?.terminationGracePeriodSeconds).toBeGreaterThan(sleep);
    }
  });

  it('finds the pods of every workload by its labels, and no others', () => {
    for (const workload of [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')]) {
      const found = pods.filter(({ metadata }) => selects(workload.spec?.selector.matchLabels, metadata?.labels));
      expect(found.map(({ owner }) => owner)).toEqual([`${workload.kind ?? ''} ${nameOf(workload)}`]);
    }
  });

  it('has a Service lead to one workload, at a port that its pods have', () => {
    for (const service of ofKind(objects, 'Service')) {
      const found = pods.filter(({ metadata }) => selects(service.spec?.selector, metadata?.labels));
      expect(found).toHaveLength(1);
      const ports = found.flatMap(portsOf).map(({ name }) => name);
      for (const { targetPort } of service.spec?.ports ?? []) expect(ports).toContain(targetPort);
    }
  });

  it('sends what comes through the Ingress to Services that are there', () => {
    const services = ofKind(objects, 'Service');
    const backends = ofKind(objects, 'Ingress')
      .flatMap(({ spec }) => spec?.rules ?? [])
      .flatMap(({ http }) => http?.paths ?? [])
      .map(({ backend }) => backend.service);
    for (const backend of backends) {
      const service = services.find((one) => nameOf(one) === backend?.name);
      expect(service?.spec?.ports?.map(({ name }) => name)).toContain(backend?.port?.name);
    }
  });

  it('guards, scales and shields workloads that are there', () => {
    const workloads = [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')].map(nameOf);
    for (const { spec } of ofKind(objects, 'HorizontalPodAutoscaler'))
      expect(workloads).toContain(spec?.scaleTargetRef.name);
    const selectors = [
      ...ofKind(objects, 'PodDisruptionBudget').map(({ spec }) => spec?.selector?.matchLabels),
      ...ofKind(objects, 'NetworkPolicy').map(({ spec }) => spec?.podSelector.matchLabels),
    ];
    for (const selector of selectors)
      expect(pods.some(({ metadata }) => selects(selector, metadata?.labels))).toBe(true);
  });

  it('leaves the number of replicas to the autoscaler where there is one', () => {
    const scaled = ofKind(objects, 'HorizontalPodAutoscaler').map(nameOf);
    for (const deployment of ofKind(objects, 'Deployment'))
      expect(deployment.spec?.replicas === undefined).toBe(scaled.includes(nameOf(deployment)));
  });

  it('has Prometheus look at the HTTP port of every process, and at nothing else', () => {
    const monitors = ofKind(objects, 'ServiceMonitor');
    for (const { spec } of monitors) {
      const seen = ofKind(objects, 'Service').filter(({ metadata }) =>
        selects(spec.selector.matchLabels, metadata?.labels),
      );
      expect(seen.map(componentOf).toSorted()).toEqual(pods.filter(isOwn).map(componentOf).toSorted());
      for (const service of seen)
        expect(service.spec?.ports?.map(({ name }) => name)).toEqual(spec.endpoints.map(({ port }) => port));
    }
  });

  it('refers to Secrets, ConfigMaps and claims that it makes or that the values name', () => {
    const given = JSON.stringify(options.values ?? {}) + (options.file === undefined ? '' : textOf(options.file));
    const notMade = pods.flatMap(referencesOf).filter((reference) => !isMade(objects, reference));
    for (const { name } of notMade) expect(given).toContain(name);
  });

  it('uses a ServiceAccount that it makes, or the default one', () => {
    const made = ['default', ...ofKind(objects, 'ServiceAccount').map(nameOf)];
    for (const { spec } of pods) expect(made).toContain(spec?.serviceAccountName ?? 'default');
  });

  it('mounts volumes that are there, each once', () => {
    const claims = new Map(
      ofKind(objects, 'StatefulSet').map((set) => [`StatefulSet ${nameOf(set)}`, set.spec?.volumeClaimTemplates ?? []]),
    );
    for (const pod of pods) {
      const templates = claims.get(pod.owner)?.map(({ metadata }) => metadata?.name) ?? [];
      const volumes = [...templates, ...(pod.spec?.volumes ?? []).map(({ name }) => name)];
      expect(new Set(volumes).size).toBe(volumes.length);
      for (const { name } of containersOf(pod).flatMap(({ volumeMounts }) => volumeMounts ?? []))
        expect(volumes).toContain(name);
    }
  });

  it('calls services of the release by names and ports that they have', () => {
    const services = new Map(ofKind(objects, 'Service').map((one) => [nameOf(one), one.spec?.ports ?? []]));
    const prefix = (options.release ?? 'gemel').slice(0, 20);
    const calls = callsIn(objects).filter(({ host }) => host.startsWith(prefix));
    expect(calls.length).toBeGreaterThan(0);
    for (const { host, port } of calls) expect(services.get(host)?.map((one) => one.port)).toContain(port);
  });
});

/** Every `host:port` in an environment, a Secret or a data source. */
function callsIn(objects: readonly KubernetesObject[]): readonly { readonly host: string; readonly port: number }[] {
  const secrets = ofKind(objects, 'Secret').flatMap((secret) =>
    Object.keys(secret.data ?? {}).map((key) => secretValue(objects, nameOf(secret), key)),
  );
  const texts = [
    ...podsOf(objects).flatMap((pod) =>
      containersOf(pod).flatMap(({ env }) => env?.map(({ value }) => value ?? '') ?? []),
    ),
    ...ofKind(objects, 'ConfigMap').flatMap(({ data }) => [data?.['gemel.yaml'] ?? '']),
    ...secrets,
  ];
  return texts.flatMap((text) =>
    [...text.matchAll(/([a-z][a-z0-9-]+)(?:\.twins\.svc)?:(\d{2,5})\b/g)].map(([, host = '', port]) => ({
      host,
      port: Number(port),
    })),
  );
}

function textOf(file: string): string {
  return readFileSync(`${CHART}/${file}`, 'utf8');
}
