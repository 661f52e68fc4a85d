import type { RenderOptions } from './chart.js';

export const VALUES_FILES = ['values.yaml', 'values-try.yaml', 'values-production.yaml'] as const;

/** A name as long as Helm takes. */
const LONGEST = 'a-release-whose-name-is-as-long-as-helm-lets-it-be-53';

const KEY = Buffer.alloc(32, 1).toString('base64');

const ISSUER = {
  issuer: 'keycloak.example.com/realms/twins',
  authSubjects: ['{{ jwt:sub }}', "{{ jwt:roles | fn:filter('like','twins-*') }}"],
};

/** Everything that says who may come in. */
export const EVERY_DOOR = {
  oidc: { issuers: { keycloak: ISSUER }, clockSkewMs: 5000 },
  devops: { authentication: 'oauth2', issuers: { ops: ISSUER }, subjects: ['ops:ann', 'ops:bob'] },
  status: { authentication: 'none', subjects: ['ops:eve'] },
  connectionKeys: { current: KEY, old: KEY },
  proxy: { url: 'http://user:secret@proxy.example:3128' },
  hono: {
    url: 'ssl://user:secret@kafka.example:9093',
    bootstrapServers: ['kafka.example:9093', 'other.example:9093'],
    saslMechanism: 'scram-sha-512',
    validateCertificates: false,
    ca: '-----BEGIN CERTIFICATE-----',
  },
};

/** Everything that a process may be given besides. */
const extras = {
  extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/etc/ca/ca.crt' }],
  extraVolumes: [{ name: 'ca', configMap: { name: 'company-ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca', readOnly: true }],
  pod: { priorityClassName: 'high', nodeSelector: { disk: 'ssd' } },
};

const external = {
  mode: 'cluster',
  mongodb: { url: 'mongodb://user:secret@mongo:27017/' },
  kafka: { brokers: ['kafka:9092'] },
  influxdb: { url: 'http://influx:8086', token: 'secret' },
};

/** Every setting that has a value of its own. */
export const EVERY_SETTING = {
  logLevel: 'debug',
  tracing: true,
  corsOrigins: ['https://a.example.com', 'https://b.example.com'],
  forceHttps: true,
  redirectToHttps: true,
  trustForwarded: true,
  preAuthentication: true,
  defaultNamespace: 'example',
  namespaceAccess: [{ conditions: ["{{ jwt:iss | fn:filter('like','https://idp*') }}"], allowedNamespaces: ['a.*'] }],
  tokenIntegrationSubject: 'integration:{{policy-entry:label}}:{{jwt:sub}}',
  subjectExpiryGranularityMs: 60000,
  thingMaxBytes: 204800,
  policyMaxBytes: 204800,
  messageMaxBytes: 512000,
  searchMaxQueryMs: 30000,
  searchSlowQueryMs: 500,
  searchStreamThingsPerSecond: 100,
  operatorMetrics: {
    online_things: {
      filter: 'exists(attributes/online)',
      groupBy: { place: 'attributes/place' },
      tags: { place: "{{ group-by:place | fn:default('nowhere') }}" },
    },
  },
  operatorMetricsIntervalMs: 60000,
  operatorMetricsMaxSeries: 100,
  historicalHeaders: ['ditto-originator'],
  thingPastDays: 7,
  policyPastDays: 7,
  thingPastRevisions: 100,
  policyPastRevisions: 100,
  consistencyChecksPerMinute: 60,
  thingMaxWaitingChanges: 200,
  composition: 'strict',
  jobMaxOpen: 10,
  jobMaxCharacters: 1_000_000_000,
  jobLineMaxCharacters: 500_000,
  jobMaxErrors: 1000,
  jobRememberedHours: 24,
  jobAwaitedHours: 2,
  entityCreation: { grant: [{}], revoke: [{ namespaces: ['com.*'] }] },
  namespacePolicies: { 'org.example.*': ['org.example:root'] },
  requestMaxBytes: 2097152,
  cacheMaxBytes: 536870912,
  historyRetentionDays: 30,
  connections: {
    blockedHosts: ['*.internal', '10.0.0.0/8'],
    maxSources: 8,
    maxTargets: 8,
    maxListed: 200,
    logsMs: 86400000,
    messagesPerSecond: 2000,
    scriptModulesDir: '/modules',
  },
  mqtt: {
    sources: ['telemetry/#', 'devices/+/up'],
    target: '',
    targetSubjects: ['nginx:ditto'],
    devicePublish: ['devices/{{ thing:name }}/up'],
    deviceSubscribe: ['devices/{{ thing:name }}/down'],
  },
};

/** Sets of values that differ in what they make the chart do. */
export const MATRIX: readonly { readonly title: string; readonly options: RenderOptions }[] = [
  { title: 'the default values', options: {} },
  { title: 'the values to try it', options: { file: 'values-try.yaml' } },
  { title: 'the production values', options: { file: 'values-production.yaml' } },
  { title: 'the longest name', options: { release: LONGEST, file: 'values-try.yaml' } },
  {
    title: 'solo, everything on',
    options: {
      apis: ['monitoring.coreos.com/v1/ServiceMonitor'],
      values: {
        image: { registry: 'localhost:5000', digest: `sha256:${'0'.repeat(64)}` },
        imagePullSecrets: [{ name: 'pull' }],
        commonLabels: { team: 'twins' },
        solo: {
          ...extras,
          persistence: { storageClass: '-', accessModes: ['ReadWriteOncePod'], annotations: { backup: 'yes' } },
          mqttService: { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] },
        },
        ingress: { enabled: true, hosts: ['a.example.com', 'b.example.com'] },
        networkPolicy: { enabled: true, mqttFrom: [{ ipBlock: { cidr: '192.0.2.0/24' } }] },
        bundled: { grafana: { enabled: true, prometheusUrl: 'http://prometheus:9090' } },
      },
    },
  },
  { title: 'solo without a volume', options: { values: { solo: { persistence: { enabled: false } } } } },
  { title: 'solo on a claim', options: { values: { solo: { persistence: { existingClaim: 'data' } } } } },
  {
    title: 'a cluster with its secrets in the values',
    options: {
      values: {
        ...external,
        users: { value: 'ditto:secret,devops:secret:operator,devops:other:status' },
        oidc: { existingSecret: 'issuers' },
        devops: { existingSecret: 'issuers', existingSecretKey: 'of-operators' },
        mqtt: { url: 'mqtt://user:secret@mosquitto:1883' },
        connections: { inline: [{ id: 'one', uri: 'tcp://user:secret@broker:1883' }] },
        things: extras,
        networkPolicy: { enabled: true },
      },
    },
  },
  {
    title: 'a cluster with every setting',
    options: {
      values: {
        ...external,
        serviceAccount: { create: false },
        connections: { existingSecret: 'connections', existingSecretKey: 'all' },
        config: EVERY_SETTING,
        ...EVERY_DOOR,
        ingest: { autoscaling: { enabled: true, targetMemoryUtilizationPercentage: 80 } },
        extendedApi: { replicas: 0, podDisruptionBudget: { enabled: false } },
        grafana: { dashboards: { enabled: false }, datasource: { enabled: false } },
        serviceMonitor: { create: 'never' },
      },
    },
  },
];
