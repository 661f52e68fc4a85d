export { TwinStream } from './twin-stream.js';
export type { OpenTwinStream, TwinObserver, TwinSubscription, TwinUpdate } from './twin-stream.js';
