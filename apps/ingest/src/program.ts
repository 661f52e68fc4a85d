import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { ingestModule } from './ingest-module.js';

/** Until a signal ends it. */
export function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return runClusterProcess({ name: 'ingest', readSettings, compose: ingestModule }, args, environment);
}
