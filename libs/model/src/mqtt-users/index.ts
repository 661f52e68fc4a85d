export { MqttUserInvalid, MqttUserNotAccessible } from './errors.js';
export type { MqttUser, MqttUserRequest } from './mqtt-user.js';
export { mqttUserJson, parseMqttUser } from './parse-mqtt-user.js';
export { topicAccess } from './topic-access.js';
export type { TopicAccess } from './topic-access.js';
