import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import amqp from 'amqplib';
import { programPath } from './apt.mjs';
import { within } from './wait-until.mjs';

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const LOOPBACK = '-kernel inet_dist_use_interface {127,0,0,1}';
const ANSWER_SECONDS = 10;

/** AMQP 0.9.1, and 1.0 by a plug-in on the same port. */
export const rabbitmq = {
  name: 'rabbitmq',
  variables: ['RABBITMQ_URL'],
  packages: { 'rabbitmq-server': 'rabbitmq-server' },
  ports: ['amqp', 'distribution', 'epmd'],
  readySeconds: 120,

  install: async () => ({ epmd: programPath('epmd') }),

  async start(instance, { epmd }) {
    const { folder, ports } = instance;
    writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.local = 127.0.0.1:${ports.amqp}\n`);
    writeFileSync(join(folder, 'enabled_plugins'), '[rabbitmq_amqp1_0].\n');
    // Started first, else Erlang starts one that nobody stops.
    await instance.launch('epmd', epmd, ['-address', '127.0.0.1', '-port', String(ports.epmd)]);
    await instance.launch('rabbitmq', SERVER, [], { env: environmentOfServer(folder, ports) });
  },

  environment: ({ ports }) => ({ RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${ports.amqp}` }),

  async probe({ RABBITMQ_URL }) {
    const connection = await amqp.connect(RABBITMQ_URL, { timeout: 5000 });
    connection.on('error', () => undefined); // told by the step that waits
    try {
      await within(ANSWER_SECONDS, 'sending and receiving', writeAndRead(connection));
    } finally {
      await connection.close();
    }
  },
};

async function writeAndRead(connection) {
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('written'));
  await channel.waitForConfirms();
  const message = await channel.get(queue, { noAck: true });
  if (message === false) throw new Error('what was sent is not in the queue');
}

function environmentOfServer(folder, ports) {
  return {
    HOME: folder, // for Erlang's cookie
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: `gemel-${ports.amqp}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-', // into the log of its output
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: LOOPBACK,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
  };
}
