// `npm start`: installs and builds when needed, then runs apps/solo in this very process, so that signals, arguments and
// exit status are its own.
import { setUp } from './setup/set-up.mjs';
import { stopWithNpm } from './setup/stop-with-npm.mjs';

await setUp();
if (process.env.npm_lifecycle_event === 'start') stopWithNpm();
await import('../apps/solo/bundle/main.js');
