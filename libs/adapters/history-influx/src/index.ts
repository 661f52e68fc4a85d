export type { InfluxHistory } from './influx-history.js';
export { openInfluxHistory } from './open-influx-history.js';
export type { InfluxHistoryOptions } from './open-influx-history.js';
export type { FaultCounts } from './point-faults.js';
export { InfluxSettingsRefused } from './influx-settings-refused.js';
