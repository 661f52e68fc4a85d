export { AnnouncementHub } from './announcement-hub.js';
export type { AnnouncementSubscription } from './announcement-hub.js';
export { SubjectAnnouncer } from './subject-announcer.js';
