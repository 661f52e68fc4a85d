export { logEntryJson } from './connection-logs.js';
export { ConnectionMonitor } from './connection-monitor.js';
export type { Monitored } from './connection-monitor.js';
