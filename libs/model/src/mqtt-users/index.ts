export { credentialJson, credentialName, credentialPrefix, credentialRequest } from './device-credential.js';
export type { DeviceTopics } from './device-credential.js';
export {
  CredentialNotFound,
  CredentialTaken,
  CredentialsTooMany,
  CredentialsTooOften,
  MqttUserInvalid,
  MqttUserNotAccessible,
} from './errors.js';
export type { MqttUser, MqttUserRequest } from './mqtt-user.js';
export { mqttUserJson, parseMqttUser } from './parse-mqtt-user.js';
export { topicAccess } from './topic-access.js';
export type { TopicAccess } from './topic-access.js';
export { topicPatternFault } from './topic-pattern.js';
