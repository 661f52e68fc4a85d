import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { extendedApiModule } from './extended-api-module.js';

await runClusterProcess(
  { name: 'extended-api', readSettings, compose: extendedApiModule },
  process.argv.slice(2),
  process.env,
);
