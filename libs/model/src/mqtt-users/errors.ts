import { defineError } from '../errors/index.js';

export const MqttUserNotAccessible = defineError('gemel:mqtt.user.notfound', 404, (name: string) => ({
  message: `There is no MQTT user '${name}'.`,
  description: 'GET /api/2/mqtt/users lists those that there are.',
}));

export const MqttUserInvalid = defineError('gemel:mqtt.user.invalid', 400, (faults: string) => ({
  message: 'The MQTT user is not valid.',
  description: faults,
}));

export const CredentialLabelInvalid = defineError('gemel:mqtt.credential.invalid', 400, () => ({
  message: 'The label of the credential is not valid.',
  description: 'It must be 1 to 32 letters, digits and any of _ . -',
}));

export const CredentialNotFound = defineError('gemel:mqtt.credential.notfound', 404, (name: string) => ({
  message: `There is no credential '${name}'.`,
  description: 'GET /api/2/mqtt/things/{thingId}/credentials lists those that the thing has.',
}));

export const CredentialTaken = defineError('gemel:mqtt.credential.taken', 409, (name: string) => ({
  message: `'${name}' is an MQTT user that an operator has made.`,
  description: 'Choose another label.',
}));

export const CredentialsTooMany = defineError('gemel:mqtt.credential.toomany', 409, (max: number) => ({
  message: `The thing has ${max} credentials, which is the most.`,
  description: 'Delete one that is not used any more.',
}));

export const CredentialsTooOften = defineError('gemel:mqtt.credential.toooften', 429, (max: number) => ({
  message: `Credentials of the thing were made ${max} times within a minute, which is the most.`,
  description: 'Try again in a minute.',
}));
