export { openApiStoresWith } from './api-store.js';
export type { ApiStore } from './api-store.js';
export { openExtendedApi } from './open-extended-api.js';
export type { OpenExtendedApi } from './open-extended-api.js';
export { call } from './call.js';
export type { Answer, CallOptions } from './call.js';
export { expectExamples, expectExamplesFrom } from './expect-examples.js';
export { USERS, openHttpApi } from './open-http-api.js';
export type { OpenHttpApi } from './open-http-api.js';
