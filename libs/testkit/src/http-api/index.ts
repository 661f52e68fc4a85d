export { USERS, openHttpApi } from './open-http-api.js';
export type { OpenHttpApi } from './open-http-api.js';
