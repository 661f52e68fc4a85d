export { PastPolicyStream } from './past-policy-stream.js';
export { PastTwinStream } from './past-twin-stream.js';
export { stateAfter } from './state-after.js';
export type { EventStates } from './state-after.js';
export { TwinStream } from './twin-stream.js';
export type { OpenTwinStream, TwinObserver, TwinSubscription } from './twin-stream.js';
export type { TwinUpdate } from './twin-update.js';
export { TwinView } from './twin-view.js';
