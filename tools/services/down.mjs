import { servicesNamed } from './catalogue.mjs';
import { givenServer } from './given.mjs';
import { Instance } from './instance.mjs';

/** Stops what `up` started in the folder; with `purge` its data is deleted and its ports are forgotten, too. */
export async function down(names, { dir, purge = false }) {
  await Promise.all(servicesNamed(names).map((service) => takeDown(service, new Instance(service, dir), purge)));
}

async function takeDown(service, instance, purge) {
  const say = (text) => process.stderr.write(`${service.name}: ${text}\n`);
  if (!instance.exists) {
    if (givenServer(service, instance) !== undefined) say('is not ours: left alone');
    return;
  }
  await instance.exclusively(async () => {
    const wasStarted = instance.processes.length > 0;
    await instance.stop();
    if (purge) instance.remove();
    if (wasStarted) say('down');
  });
}
