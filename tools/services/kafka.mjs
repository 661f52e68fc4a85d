import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { cached } from './cache.mjs';
import { copyJars } from './maven.mjs';
import { runCommand } from './run-command.mjs';
import { within } from './wait-until.mjs';

const VERSION = '4.4.0';
const ARTIFACTS = [`org.apache.kafka:kafka_2.13:${VERSION}`, 'org.slf4j:slf4j-simple:1.7.36'];
const JAVA = ['-Xms128m', '-Xmx256m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
const READ_SECONDS = 15;
/** A consumer that leaves waits for its fetch to end, which is five seconds by default when nothing comes. */
const FETCH_MS = 200;
const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const LOGIN = 'org.apache.kafka.common.security';

/** One node that is broker and controller. */
export const kafka = {
  name: 'kafka',
  variables: ['KAFKA_BROKERS'],
  packages: {},
  ports: ['kafka', 'controller', 'sasl', 'way'],
  readySeconds: 90,

  install: () => cached('kafka', VERSION, (partial) => copyJars('kafka', partial, ARTIFACTS)),

  async start(instance, jars) {
    const settings = join(instance.folder, 'server.properties');
    writeFileSync(settings, properties(instance));
    const java = [...JAVA, '-cp', join(jars, '*')];
    if (!existsSync(join(instance.folder, 'data/meta.properties'))) await format(java, settings, instance.secret);
    await instance.launch('kafka', 'java', [...java, 'kafka.Kafka', settings]);
  },

  environment: ({ ports, secret }) => ({
    KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    KAFKA_SASL_URL: `tcp://gemel:${secret}@127.0.0.1:${ports.sasl}`,
    KAFKA_WAY: `127.0.0.1:${ports.way}`,
  }),

  /** An open port is not enough: the coordinator of groups is up some seconds later. */
  async probe({ KAFKA_BROKERS }) {
    const retry = { retries: 0 };
    const options = { clientId: 'gemel-probe', brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING, retry };
    const client = new Kafka({ ...options, connectionTimeout: 2000, requestTimeout: 10_000 });
    const admin = client.admin();
    const topic = `gemel-probe-${randomBytes(6).toString('hex')}`;
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
      await writeAndRead(client, topic);
    } finally {
      // What the attempt got to make; that much may be less than both.
      await Promise.allSettled([admin.deleteGroups([topic]), admin.deleteTopics({ topics: [topic] })]);
      await admin.disconnect();
    }
  },
};

async function writeAndRead(client, topic) {
  const producer = client.producer({ allowAutoTopicCreation: false });
  const consumer = client.consumer({ groupId: topic, allowAutoTopicCreation: false, maxWaitTimeInMs: FETCH_MS });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'written' }] });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await within(READ_SECONDS, 'reading in a consumer group', firstMessage(consumer));
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
  }
}

function firstMessage(consumer) {
  return new Promise((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    consumer.run({ eachMessage: async () => resolve() }).catch(reject);
  });
}

async function format(java, settings, secret) {
  const id = randomBytes(16).toString('base64url');
  // In one word with its name: one in 64 begins with a dash, and would be taken for an option.
  const accounts = SCRAM.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=gemel,password=${secret}]`]);
  const command = ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', settings, ...accounts];
  await runCommand('java', [...java, ...command]);
}

function properties({ ports, folder, secret }) {
  const at = (name) => `127.0.0.1:${ports[name]}`;
  // Clients come back to the address that a broker tells: here it may be that of a network that can be cut.
  const way = process.env.GEMEL_KAFKA_WAY ?? at('way');
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://${at('kafka')},CONTROLLER://${at('controller')},SASL://${at('sasl')},WAY://${at('way')}`,
    'advertised.listeners': `PLAINTEXT://${at('kafka')},SASL://${at('sasl')},WAY://${way}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,WAY:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.name.sasl.sasl.enabled.mechanisms': ['PLAIN', ...SCRAM].join(),
    'listener.name.sasl.plain.sasl.jaas.config': `${LOGIN}.plain.PlainLoginModule required user_gemel="${secret}";`,
    ...Object.fromEntries(
      SCRAM.map((mechanism) => [
        `listener.name.sasl.${mechanism.toLowerCase()}.sasl.jaas.config`,
        `${LOGIN}.scram.ScramLoginModule required;`,
      ]),
    ),
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'metadata.max.idle.interval.ms': 0, // two records a second, to show that the controller lives
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Tests do not wait long for a consumer that has died.
    'group.min.session.timeout.ms': 1_000,
    // Half of the heap by default, in one piece, which is not always there at the start.
    'log.cleaner.dedupe.buffer.size': 16_777_216,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
