export type { ThingReply } from './thing-reply.js';
