export { MqttUsers } from './mqtt-users.js';
export type { SignedIn } from './mqtt-users.js';
