export { TwinStream } from './twin-stream.js';
export type { OpenTwinStream, TwinObserver, TwinSubscription } from './twin-stream.js';
export type { TwinUpdate } from './twin-update.js';
