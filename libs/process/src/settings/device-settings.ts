import { z } from 'zod';
import { list } from './fields.js';

/** What comes in from devices over MQTT, and what goes out to them. */
export const deviceSettings = {
  GEMEL_MQTT_SOURCES: list('telemetry/#').describe(
    'Topics whose messages are Ditto Protocol commands, comma-separated, `+` and `#` allowed.',
  ),
  GEMEL_MQTT_TARGET: z
    .string()
    .default('opentwins/{{ topic:channel }}/{{ topic:criterion }}/{{ thing:namespace }}/{{ thing:name }}')
    .describe('Topic that twin events are published on, with placeholders; empty publishes none.'),
  GEMEL_MQTT_TARGET_SUBJECTS: list('nginx:ditto').describe(
    'Authorization subjects of the target: events hold what they may READ, and subscribers must have one of them.',
  ),
};
