import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import rhea from 'rhea';
import { cached } from './cache.mjs';
import { unpackZip } from './maven.mjs';
import { runCommand } from './run-command.mjs';
import { within } from './wait-until.mjs';

const VERSION = '2.40.0';
const ARTIFACT = `org.apache.activemq:apache-artemis:${VERSION}:bin`;
const USER = 'gemel';
const MEMORY = '-Xms64m -Xmx256m';
const ANSWER_SECONDS = 10;

/** AMQP 1.0. */
export const artemis = {
  name: 'artemis',
  variables: ['ARTEMIS_URL'],
  packages: {},
  ports: ['amqp'],
  readySeconds: 90,

  async install() {
    const folder = await cached('artemis', VERSION, (partial) => unpackZip('artemis', partial, ARTIFACT));
    return join(folder, `apache-artemis-${VERSION}`, 'bin/artemis');
  },

  async start(instance, program) {
    const broker = join(instance.folder, 'broker');
    if (!existsSync(broker)) await create(broker, program, instance);
    const env = { JAVA_ARGS: `${MEMORY} -Dartemis.instance=${broker}` };
    await instance.launch('artemis', join(broker, 'bin/artemis'), ['run'], { env });
  },

  environment: ({ ports, secret }) => ({ ARTEMIS_URL: `amqp://${USER}:${secret}@127.0.0.1:${ports.amqp}` }),

  async probe({ ARTEMIS_URL }) {
    const { hostname, port, username, password } = new URL(ARTEMIS_URL);
    const container = rhea.create_container();
    container.on('error', () => undefined); // told by the step that waits
    const account = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    const connection = container.connect({ host: hostname, port: Number(port || 5672), ...account, reconnect: false });
    try {
      await within(ANSWER_SECONDS, 'sending and receiving', writeAndRead(connection));
    } finally {
      connection.close();
    }
  },
};

async function writeAndRead(connection) {
  const address = `gemel-probe-${randomBytes(6).toString('hex')}`;
  const failed = new AbortController();
  const stop = (context) => failed.abort(context.error ?? context.connection?.error);
  connection.on('disconnected', stop);
  connection.on('connection_error', stop);
  const wait = (emitter, event) => once(emitter, event, { signal: failed.signal });
  const receiver = connection.open_receiver({ source: { address, capabilities: ['queue'] } });
  const sender = connection.open_sender({ target: { address, capabilities: ['queue'] } });
  const received = wait(receiver, 'message');
  received.catch(() => undefined); // awaited below
  await wait(sender, 'sendable');
  const accepted = wait(sender, 'accepted');
  sender.send({ body: 'written' });
  await accepted;
  await received;
}

/** In a folder beside, renamed at the end: what was interrupted is not taken for a broker. */
async function create(broker, program, { ports, secret, folder }) {
  const fresh = `${broker}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const options = ['--no-web', '--silent', '--no-autotune', '--require-login', '--user', USER, '--password', secret];
  await runCommand(program, ['create', fresh, ...options], { cwd: folder });
  for (const file of ['etc/artemis.profile', 'etc/broker.xml', 'etc/bootstrap.xml', 'bin/artemis']) {
    const path = join(fresh, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(fresh, broker));
  }
  const settings = join(fresh, 'etc/broker.xml');
  writeFileSync(settings, adapted(readFileSync(settings, 'utf8'), ports.amqp));
  renameSync(fresh, broker);
}

/** Addresses that are full soon, for tests of what happens then: they page by default, without end. */
const FULL_SOON = ['BLOCK', 'FAIL']
  .map(
    (policy) =>
      `<address-setting match="full.${policy.toLowerCase()}.#"><max-size-bytes>20000</max-size-bytes>` +
      `<address-full-policy>${policy}</address-full-policy></address-setting>`,
  )
  .join('');

/** By default it listens on five ports of all addresses, and takes nothing when the disk is rather full. */
function adapted(xml, port) {
  const acceptor = `<acceptor name="amqp">tcp://127.0.0.1:${port}?protocols=AMQP</acceptor>`;
  return xml
    .replace(/<acceptors>[^]*<\/acceptors>/, `<acceptors>${acceptor}</acceptors>`)
    .replace('<address-settings>', `<address-settings>${FULL_SOON}`)
    .replace(/<max-disk-usage>\d+</, '<max-disk-usage>99<');
}
