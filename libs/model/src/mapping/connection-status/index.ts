export { readConnectionStatusMapper } from './connection-status-mapper.js';
