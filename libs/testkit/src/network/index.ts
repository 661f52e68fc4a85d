export { openTlsFront } from './tls-front.js';
export type { TlsFront } from './tls-front.js';
export { openBreakableNetwork } from './breakable-network.js';
export type { BreakableNetwork } from './breakable-network.js';
export { openMosquitto } from './mosquitto.js';
export type { Mosquitto, MosquittoOptions } from './mosquitto.js';
export { requiredVariable } from './required-variable.js';
