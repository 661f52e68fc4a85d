// `npm run services`: MongoDB, Kafka, InfluxDB and the brokers, installed and started on this machine.
import { join, resolve } from 'node:path';
import { readArguments } from './setup/read-arguments.mjs';
import { ROOT } from './setup/run-step.mjs';
import { setUpPackages } from './setup/set-up.mjs';

await setUpPackages();
// Not before: they use the clients.
const { SERVICE_NAMES } = await import('./services/catalogue.mjs');
const { down } = await import('./services/down.mjs');
const { environment, status } = await import('./services/status.mjs');
const { up } = await import('./services/up.mjs');

const USAGE = `Usage: npm run services -- command [names] [options]

  up              install what is missing, start, print the environment
  down            stop
  status          what is up, where, and its memory
  env             NAME=value lines for a shell

  --dir FOLDER    has data, logs and the ports; by default $GEMEL_SERVICES_DIR, else .cache/services
  --purge         with down: delete the data, too
  --help          show this text

Names: ${SERVICE_NAMES.join(', ')}; without names it is all of them.
A running server is used instead, and left alone, when the environment gives its address: MONGODB_URL, KAFKA_BROKERS,
INFLUXDB_URL (with INFLUXDB_TOKEN and INFLUXDB_ORG), MQTT_URL, RABBITMQ_URL, ARTEMIS_URL.
`;

const commands = {
  up: async (names, options) => printEnvironment(await up(names, options)),
  down,
  status: (names, options) => process.stdout.write(`${status(names, options).join('\n')}\n`),
  env: (names, options) => printEnvironment(environment(names, options)),
};

process.setMaxListeners(50); // one a build and a lock
// Ends by `exit`, by which builds are stopped and locks are released.
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15 })) {
  process.once(signal, () => process.exit(128 + number));
}

const { command, names, options } = readArguments(
  {
    usage: USAGE,
    options: { dir: { type: 'string' }, purge: { type: 'boolean', default: false } },
    allowPositionals: true,
  },
  read,
);
try {
  await commands[command](names, options);
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

function read({ positionals, values }) {
  const [command = '', ...names] = positionals;
  if (!Object.hasOwn(commands, command))
    throw new Error(command === '' ? 'Say what to do.' : `There is no command '${command}'.`);
  const dir = resolve(values.dir ?? (process.env.GEMEL_SERVICES_DIR || join(ROOT, '.cache/services')));
  return { command, names, options: { dir, purge: values.purge } };
}

function printEnvironment(variables) {
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`${name}=${value}\n`);
}
