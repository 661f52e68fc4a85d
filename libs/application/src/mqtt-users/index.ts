export { DeviceCredentials } from './device-credentials.js';
export type { DeviceCredentialParts } from './device-credentials.js';
export { isStillIssued } from './issued.js';
export { MqttUsers } from './mqtt-users.js';
export type { SignedIn } from './mqtt-users.js';
