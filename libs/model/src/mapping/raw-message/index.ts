export { readRawMessageMapper } from './read-raw-message-mapper.js';
