export * from './errors.js';
export {
  IMPORT_MODES,
  IMPORT_PHASES,
  IMPORT_START,
  JOB_STATES,
  NO_COUNTS,
  addCounts,
  afterPortion,
  isEnded,
  nextPlace,
  progressOf,
} from './import-job.js';
export type {
  ImportCounts,
  ImportMode,
  ImportPhase,
  ImportPlace,
  JobState,
  LineError,
  PortionOutcome,
} from './import-job.js';
export { LineSplitter } from './line-splitter.js';
