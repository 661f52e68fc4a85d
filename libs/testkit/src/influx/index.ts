export { ALL, NOW, point, samplesOf } from './gps-points.js';
export { InfluxProxy } from './influx-proxy.js';
export { influxServer } from './influx-server.js';
export type { InfluxBucket, InfluxServer } from './influx-server.js';
export { recordedLogger } from './recorded-logger.js';
export type { LoggedLine } from './recorded-logger.js';
