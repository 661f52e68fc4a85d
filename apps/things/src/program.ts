import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { thingsModule } from './things-module.js';

/** Until a signal ends it. */
export function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return runClusterProcess({ name: 'things', readSettings, compose: thingsModule }, args, environment);
}
