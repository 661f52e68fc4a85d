// `npm start`: installs and builds when needed, then runs apps/solo in this very process, so that signals, arguments and
// exit status are its own.
import { setUp } from './setup/set-up.mjs';

await setUp();
if (process.env.npm_lifecycle_event === 'start') stopWithNpm();
await import('../apps/solo/dist/main.js');

/** npm's shell passes no SIGTERM on: whoever ends npm means Gemel, which must not live on without a parent. */
function stopWithNpm() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
