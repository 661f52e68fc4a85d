export type { GemelEvent, PolicyEvent, ThingEvent } from './event.js';
