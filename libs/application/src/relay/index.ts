export { EventRelay, RELAY } from './event-relay.js';
