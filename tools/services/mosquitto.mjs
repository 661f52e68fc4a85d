import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { programPath } from './apt.mjs';
import { within } from './wait-until.mjs';

const ANSWER_SECONDS = 5;

export const mosquitto = {
  name: 'mosquitto',
  variables: ['MQTT_URL'],
  packages: { mosquitto: 'mosquitto' },
  ports: ['mqtt'],
  readySeconds: 60,

  install: async () => programPath('mosquitto'),

  async start(instance, program) {
    const settings = join(instance.folder, 'mosquitto.conf');
    writeFileSync(settings, configuration(instance));
    await instance.launch('mosquitto', program, ['-c', settings]);
  },

  environment: ({ ports }) => ({ MQTT_URL: `mqtt://127.0.0.1:${ports.mqtt}` }),

  async probe({ MQTT_URL }) {
    const client = mqtt.connect(MQTT_URL, { reconnectPeriod: 0, connectTimeout: 2000 });
    client.on('error', () => undefined); // told by the step that waits
    const topic = `gemel/probe/${randomBytes(6).toString('hex')}`;
    try {
      await within(ANSWER_SECONDS, 'connecting', once(client, 'connect'));
      await within(ANSWER_SECONDS, 'subscribing', client.subscribeAsync(topic, { qos: 1 }));
      const received = once(client, 'message');
      await within(ANSWER_SECONDS, 'publishing', client.publishAsync(topic, 'written', { qos: 1 }));
      await within(ANSWER_SECONDS, 'receiving what was published', received);
    } finally {
      await client.endAsync(true);
    }
  },
};

/**
 * Keeps its user, for the folder is that user's; keeps every message for a client that is away. Mosquitto wants no more than 20
 * unconfirmed messages of a client unless told otherwise: a benchmark does, whose peer publishes more than that regardless.
 */
function configuration({ ports, folder }) {
  return `listener ${ports.mqtt} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location ${folder}/
autosave_interval 60
max_queued_messages 0
set_tcp_nodelay true
max_inflight_messages ${process.env.MOSQUITTO_MAX_INFLIGHT ?? 20}
log_dest stderr
log_type error
log_type warning
log_type notice
`;
}
