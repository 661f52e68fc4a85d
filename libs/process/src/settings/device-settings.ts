import { z } from 'zod';
import { topicPatternFault } from '@gemel/model/mqtt-users';
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

/** Of the embedded broker: what devices may do that sign in with credentials of their things. */
export const credentialSettings = {
  GEMEL_MQTT_DEVICE_PUBLISH: patterns('telemetry/{{ thing:namespace }}/{{ thing:name }}/#').describe(
    'Topics that devices publish on with credentials of their things, comma-separated, with the placeholders of MQTT users.',
  ),
  GEMEL_MQTT_DEVICE_SUBSCRIBE: patterns('opentwins/+/+/{{ thing:namespace }}/{{ thing:name }}').describe(
    'Topics that they receive.',
  ),
};

function patterns(usual: string) {
  return list(usual).superRefine((all, context) => {
    for (const pattern of all) {
      const fault = topicPatternFault(pattern);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `'${pattern}' ${fault}` });
    }
  });
}
