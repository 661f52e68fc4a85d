export { liveThingReply, messageReply } from './live-reply.js';
