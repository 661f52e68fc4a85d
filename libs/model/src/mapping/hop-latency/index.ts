export { readHopLatencyMapper } from './hop-latency-mapper.js';
