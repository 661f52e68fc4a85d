import { artemis } from './artemis.mjs';
import { influxdb } from './influxdb.mjs';
import { kafka } from './kafka.mjs';
import { mongodb } from './mongodb.mjs';
import { mosquitto } from './mosquitto.mjs';
import { rabbitmq } from './rabbitmq.mjs';

const CATALOGUE = [mongodb, kafka, influxdb, mosquitto, rabbitmq, artemis];

export const SERVICE_NAMES = CATALOGUE.map(({ name }) => name);

/** In the order of the names; all when there are none. */
export function servicesNamed(names) {
  const unknown = names.filter((name) => !SERVICE_NAMES.includes(name));
  if (unknown.length > 0) {
    throw new Error(`There is no service '${unknown.join("', '")}'. There are ${SERVICE_NAMES.join(', ')}.`);
  }
  return names.length === 0 ? CATALOGUE : names.map((name) => CATALOGUE.find((service) => service.name === name));
}
