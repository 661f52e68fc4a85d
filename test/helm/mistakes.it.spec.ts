import { render } from './chart.js';

const cluster = {
  mode: 'cluster',
  mongodb: { existingSecret: 'mongodb' },
  kafka: { brokers: ['kafka:9092'] },
  influxdb: { url: 'http://influxdb:8086', existingSecret: 'influxdb' },
};

describe('a value that does not fit is refused with its path', () => {
  it.each<[string, object, string]>([
    ['a text for a number', { things: { replicas: 'two' } }, "'/things/replicas': got string, want integer"],
    ['a name that is not there', { thingz: {} }, "additional properties 'thingz' not allowed"],
    ['a misspelled name inside', { things: { replica: 2 } }, "'/things': additional properties 'replica' not allowed"],
    ['a name of another process', { solo: { replicas: 2 } }, "'/solo': additional properties 'replicas' not allowed"],
    ['an unknown mode', { mode: 'duo' }, "'/mode': value must be one of 'solo', 'cluster'"],
    ['an unknown level', { config: { logLevel: 'trace' } }, "'/config/logLevel': value must be one of"],
    ['a number out of range', { config: { historyRetentionDays: -1 } }, "'/config/historyRetentionDays': minimum"],
    ['a port out of range', { solo: { service: { port: 70000 } } }, "'/solo/service/port': maximum"],
    ['no quantity', { solo: { persistence: { size: 'big' } } }, "'/solo/persistence/size': 'big' does not match"],
    [
      'a process without resources',
      { things: { resources: { limits: null } } },
      "'/things/resources': missing property",
    ],
    ['a pod that is root', { pod: { securityContext: { runAsUser: 0 } } }, "'/pod/securityContext/runAsUser': minimum"],
    [
      'the same for one process',
      { ingest: { pod: { securityContext: { runAsNonRoot: false } } } },
      '/ingest/pod/securityContext/runAsNonRoot',
    ],
    ['users without password', { users: { value: 'ditto' } }, "'/users/value': 'ditto' does not match"],
    ['a broker without port', { kafka: { brokers: ['kafka'] } }, "'/kafka/brokers/0': 'kafka' does not match"],
    ['a URL of something else', { mongodb: { url: 'http://mongo' } }, "'/mongodb/url': 'http://mongo' does not match"],
    ['an Ingress without host', { ingress: { enabled: true } }, "'/ingress/hosts': minItems"],
    ['a host with scheme', { ingress: { hosts: ['https://a.example.com'] } }, "'/ingress/hosts/0'"],
    [
      'a variable without name',
      { solo: { extraEnv: [{ valeu: '1' }] } },
      "'/solo/extraEnv/0': missing property 'name'",
    ],
    ['an empty peer', { networkPolicy: { httpFrom: [{}] } }, "'/networkPolicy/httpFrom/0': minProperties"],
    [
      'a label of the chart',
      { commonLabels: { 'app.kubernetes.io/name': 'x' } },
      "'/commonLabels/app.kubernetes.io~1name'",
    ],
  ])('%s', (_, values, message) => {
    expect(() => render({ values })).toThrow(message);
  });
});

describe('values that do not go together are refused with their names', () => {
  it.each<[string, object, string]>([
    [
      'no MongoDB',
      { ...cluster, mongodb: {} },
      'needs one of bundled.mongodb.enabled, mongodb.existingSecret, mongodb.url',
    ],
    ['no Kafka', { ...cluster, kafka: {} }, 'needs one of bundled.kafka.enabled, kafka.brokers'],
    ['no InfluxDB', { ...cluster, influxdb: {} }, 'needs one of bundled.influxdb.enabled, influxdb.url'],
    [
      'no token of the InfluxDB',
      { ...cluster, influxdb: { url: 'http://influxdb:8086' } },
      'needs one of bundled.influxdb.enabled, influxdb.existingSecret, influxdb.token',
    ],
    [
      'two MongoDBs',
      { ...cluster, bundled: { mongodb: { enabled: true } } },
      'bundled.mongodb.enabled and mongodb.existingSecret exclude each other',
    ],
    [
      'two brokers',
      { ...cluster, mqtt: { url: 'mqtt://a:1883' }, bundled: { mosquitto: { enabled: true } } },
      'bundled.mosquitto.enabled and mqtt.url exclude each other',
    ],
    ['a MongoDB for solo', { bundled: { mongodb: { enabled: true } } }, 'bundled.mongodb.enabled needs mode: cluster'],
    [
      'users twice',
      { users: { value: 'a:b', existingSecret: 'users' } },
      'users.existingSecret and users.value exclude each other',
    ],
    ['a password that everybody knows', { users: { value: 'a:b,ditto:ditto' } }, 'a password that everybody knows'],
    [
      'more replicas at least than at most',
      { ...cluster, things: { autoscaling: { minReplicas: 9 } } },
      'things.autoscaling.minReplicas is more than maxReplicas',
    ],
    [
      'no time to drain',
      { solo: { pod: { preStopSleepSeconds: 30 } } },
      'pod.preStopSleepSeconds must be less than pod.terminationGracePeriodSeconds',
    ],
    [
      'a Grafana for solo that cannot sign in',
      { users: { existingSecret: 'users' }, bundled: { grafana: { enabled: true } } },
      'leave users.value and users.existingSecret empty',
    ],
  ])('%s', (_, values, message) => {
    expect(() => render({ values })).toThrow(message);
  });
});
