import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../setup/run-step.mjs';

/** Services of a cluster, and the variables by which they are reached; the first is the address. */
const SERVICES = {
  mongodb: ['MONGODB_URL'],
  kafka: ['KAFKA_BROKERS'],
  influxdb: ['INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG'],
  mosquitto: ['MQTT_URL'],
};

/**
 * Where the services are: those that the environment names, and those of this checkout, which are started when they do
 * not run. `stop` ends what was started here. Progress is on standard error.
 */
export async function findServices(environment) {
  if (missingIn(environment).length === 0) return { addresses: pick(environment), stop: async () => undefined };
  const names = Object.keys(SERVICES);
  const running = { ...environment, ...(await services('env', names)) };
  const ours = missingIn(running);
  const addresses = pick({ ...environment, ...(await services('up', names)) });
  return { addresses, stop: () => (ours.length === 0 ? undefined : services('down', ours)) };
}

function missingIn(environment) {
  return Object.keys(SERVICES).filter((name) => !SERVICES[name].every((variable) => environment[variable]));
}

function pick(environment) {
  return Object.fromEntries(
    Object.values(SERVICES)
      .flat()
      .map((variable) => [variable, environment[variable]]),
  );
}

/** Runs a command of `npm run services`; answers the variables that it prints. */
async function services(command, names) {
  const child = spawn(process.execPath, [join(ROOT, 'tools/services.mjs'), command, ...names], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (status !== 0) throw new Error(`the services could not be brought ${command}; the reason is above`);
  return Object.fromEntries(
    output
      .split('\n')
      .map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1))
      .filter((pair) => pair !== undefined),
  );
}
