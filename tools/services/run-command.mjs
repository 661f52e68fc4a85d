import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Resolves when the program has ended well; rejects with what it wrote to standard error (`stderr`). Meanwhile this process
 * goes on: it probes the other services that are being started, and its clients give up when they are not heard in time.
 */
export async function runCommand(command, args, options = {}) {
  const running = execute(command, args, options);
  running.child.stdin.end();
  await running;
}
