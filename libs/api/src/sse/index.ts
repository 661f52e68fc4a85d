export { TwinEventStreams } from './twin-event-streams.js';
