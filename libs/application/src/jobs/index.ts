export { createJobs } from './create-jobs.js';
export type { Jobs } from './create-jobs.js';
export { importJobJson } from './import-job.js';
export type { ImportJob } from './import-job.js';
export type { ImportJobs } from './import-jobs.js';
export type { ImportWorker } from './import-worker.js';
export type { MigrationJobs } from './migration-jobs.js';
export { startImports } from './start-imports.js';
