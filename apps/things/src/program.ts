import { runClusterProcess } from '@gemel/process/cluster';
import { readSettings } from './config.js';
import { thingsModule } from './things-module.js';

await runClusterProcess({ name: 'things', readSettings, compose: thingsModule }, process.argv.slice(2), process.env);
