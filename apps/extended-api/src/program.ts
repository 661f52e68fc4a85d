import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { extendedApiModule } from './extended-api-module.js';

/** Until a signal ends it. */
export function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return runClusterProcess({ name: 'extended-api', readSettings, compose: extendedApiModule }, args, environment);
}
