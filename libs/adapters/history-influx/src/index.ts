export type { InfluxHistory } from './influx-history.js';
export { openInfluxHistory } from './open-influx-history.js';
export type { InfluxHistoryOptions } from './open-influx-history.js';
export type { FaultCounts } from './point-faults.js';
export { InfluxSettingsRefused } from './influx-settings-refused.js';
export { openPatientInfluxHistory } from './patient-influx-history.js';
export type { PatientInfluxHistory } from './patient-influx-history.js';
