import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { ingestModule } from './ingest-module.js';

await runClusterProcess({ name: 'ingest', readSettings, compose: ingestModule }, process.argv.slice(2), process.env);
