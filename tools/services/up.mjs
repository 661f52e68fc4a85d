import { installPackages } from './apt.mjs';
import { servicesNamed } from './catalogue.mjs';
import { givenServer } from './given.mjs';
import { Instance } from './instance.mjs';
import { lastLines } from './last-lines.mjs';
import { isFree } from './ports.mjs';
import { waitUntil } from './wait-until.mjs';

const GIVEN_SECONDS = 10;

/**
 * Installs and starts what is not there, waits until each service takes a write and gives it back, and answers the
 * environment by which clients reach them. All are tried; then the failures are thrown in one error.
 */
export async function up(names, { dir }) {
  const wanted = servicesNamed(names).map((service) => ({ service, instance: new Instance(service, dir) }));
  await installPackages(Object.assign({}, ...wanted.filter(isToInstall).map(({ service }) => service.packages)));
  const results = await Promise.allSettled(wanted.map(bringUp));
  const failures = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
  return Object.assign({}, ...results.map(({ value }) => value));
}

function isToInstall({ service, instance }) {
  return givenServer(service, instance) === undefined && !instance.isUp;
}

async function bringUp({ service, instance }) {
  const given = givenServer(service, instance);
  if (given !== undefined) return useGiven(service, given);
  const installed = instance.isUp ? undefined : await service.install();
  return instance.exclusively(async () => {
    if (instance.isUp) say(service, 'is up already');
    else await start(service, instance, installed);
    return instance.environment;
  });
}

async function useGiven(service, given) {
  const [address] = service.variables;
  await waitUntil(`${service.name}: the server that ${address} gives`, () => service.probe(given), {
    seconds: GIVEN_SECONDS,
  });
  say(service, `uses the server that ${address} gives`);
  return given;
}

async function start(service, instance, installed) {
  const begin = performance.now();
  await instance.stop(); // what an earlier failure left
  await instance.choosePorts();
  await expectFreePorts(service, instance);
  say(service, 'starting …');
  try {
    await service.start(instance, installed);
    await waitUntil(`${service.name}: a write and a read`, () => service.probe(instance.environment), {
      seconds: service.readySeconds,
      stillHopeful: () => instance.isUp,
    });
  } catch (cause) {
    throw await failedStart(service, instance, cause);
  }
  say(service, `up in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

async function failedStart(service, instance, cause) {
  const logs = instance.processes.map(({ log }) => lastLines(log));
  await instance.stop();
  const goOn = `Try again, with 'npm run services -- down ${service.name} --purge' first if its data may be at fault.`;
  return new Error([`${service.name} did not start. ${cause.message}`, ...logs, goOn].join('\n'), { cause });
}

async function expectFreePorts(service, instance) {
  for (const [name, port] of Object.entries(instance.ports)) {
    if (await isFree(port)) continue;
    throw new Error(
      `${service.name}: its port ${port} (${name}) is taken by another program. Stop that, or choose new ports by ` +
        `'npm run services -- down ${service.name} --purge', which deletes its data.`,
    );
  }
}

function say({ name }, text) {
  process.stderr.write(`${name}: ${text}\n`);
}
