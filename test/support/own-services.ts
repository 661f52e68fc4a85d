import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../tools/services.mjs', import.meta.url));
const VARIABLES = [
  ...['MONGODB_URL', 'KAFKA_BROKERS', 'INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG'],
  ...['MQTT_URL', 'RABBITMQ_URL', 'ARTEMIS_URL'],
];

export type ServiceName = 'mongodb' | 'kafka' | 'influxdb' | 'mosquitto' | 'rabbitmq' | 'artemis';
const OF_A_CLUSTER: readonly ServiceName[] = ['mongodb', 'kafka', 'influxdb', 'mosquitto'];

/** Services that one test has for itself, so that it may stop them. */
export interface OwnServices {
  /** Variables by which clients reach them; the same after a stop and a start. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Where its data is. */
  folderOf(name: ServiceName): string;
  stop(name: ServiceName): Promise<void>;
  /** Resolves when it takes a write and gives it back. */
  start(name: ServiceName): Promise<void>;
  /** Ends them all and deletes their data. */
  end(): Promise<void>;
}

/**
 * In a folder of their own; the run takes them down that was interrupted. By default all services of a cluster.
 * @param kafkaWay `host:port` that leads to Kafka's listener `KAFKA_WAY`, which sends its clients back there
 */
export async function startOwnServices(
  names: readonly ServiceName[] = OF_A_CLUSTER,
  kafkaWay?: string,
): Promise<OwnServices> {
  const root = process.env['GEMEL_SERVICES_DIR'];
  if (root === undefined) throw new Error('GEMEL_SERVICES_DIR is not set: run npm run test:services');
  const folder = await mkdtemp(join(root, 'of-tests', 'own-'));
  const run = (command: string, ...args: readonly string[]) => services([command, ...args, '--dir', folder], kafkaWay);
  const addresses = addressesIn(await run('up', ...names));
  return {
    addresses,
    folderOf: (name) => join(folder, name),
    stop: async (name) => {
      await run('down', name);
    },
    start: async (name) => {
      await run('up', name);
    },
    end: async () => {
      await run('down', '--purge');
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs the tool without the servers that the tests were given; answers its output. */
async function services(args: readonly string[], kafkaWay: string | undefined): Promise<string> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !VARIABLES.includes(name)));
  const env = kafkaWay === undefined ? inherited : { ...inherited, GEMEL_KAFKA_WAY: kafkaWay };
  const child = spawn(process.execPath, [TOOL, ...args], { env });
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (status !== 0) throw new Error(`services ${args.join(' ')}: ${errors}`);
  return output;
}

function addressesIn(output: string): Record<string, string> {
  return Object.fromEntries([...output.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}
