export type { Given } from './arguments.js';
export { LifeCycle } from './life-cycle.js';
export type { Phase, Stage, Stages } from './life-cycle.js';
export { createLogger } from './logger.js';
export type { AdjustableLogger } from './logger.js';
export { ProcessLogLevels } from './process-log-levels.js';
export { runProcess } from './run-process.js';
export type { Program, Running } from './run-process.js';
export { VERSION } from './version.js';
