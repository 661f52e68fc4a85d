import { defineError } from '../errors/index.js';

export const MqttUserNotAccessible = defineError('gemel:mqtt.user.notfound', 404, (name: string) => ({
  message: `There is no MQTT user '${name}'.`,
  description: 'GET /api/2/mqtt/users lists those that there are.',
}));

export const MqttUserInvalid = defineError('gemel:mqtt.user.invalid', 400, (faults: string) => ({
  message: 'The MQTT user is not valid.',
  description: faults,
}));
