export { readCloudEventsMapper } from './cloud-events-mapper.js';
