import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * Starts a program that outlives this process; its output goes to `log`.
 * The start time goes with the process id, as an id may be given to another process after a while.
 */
export async function launch({ command, args, log, cwd, env = {}, stopSignal = 'SIGTERM' }) {
  const output = openSync(log, 'a');
  const stdio = ['ignore', output, output];
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio, detached: true });
  closeSync(output);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
  child.unref();
  return { pid: child.pid, startTime: read(child.pid)?.startTime, stopSignal, log };
}

export function isRunning({ pid, startTime }) {
  const found = read(pid);
  return found !== undefined && found.startTime === startTime;
}

/**
 * Asks the process to end; what is left of it and of those it started is killed after 20 s. When it has died by itself,
 * those it started are asked.
 */
export async function stop(process) {
  const left = new Map(family(process).map((member) => [member.pid, member]));
  for (const asked of isRunning(process) ? [process] : left.values()) signal(asked, process.stopSignal);
  const deadline = performance.now() + PATIENCE_MS;
  while (left.size > 0 && performance.now() < deadline) {
    for (const member of [...left.values()].flatMap(descendants)) left.set(member.pid, member);
    for (const member of left.values()) if (!isRunning(member)) left.delete(member.pid);
    if (left.size > 0) await pause(POLL_MS);
  }
  for (const member of left.values()) signal(member, 'SIGKILL');
  while ([...left.values()].some(isRunning)) await pause(POLL_MS);
}

/** Memory of the process and all that it started, in bytes; what is shared is counted once. */
export function memoryOf(process) {
  return family(process).reduce((sum, { pid }) => sum + proportionalBytes(pid), 0);
}

function signal(process, name) {
  if (isRunning(process)) globalThis.process.kill(process.pid, name);
}

/** The process and all it started; when it is gone, those of them that stayed in its session, which no other can have. */
function family(root) {
  if (isRunning(root)) return descendants(root);
  return read(root.pid) === undefined ? all().filter(({ session }) => session === root.pid) : [];
}

/** The process, its children, and theirs. */
function descendants(root) {
  const candidates = all();
  const members = [root];
  for (const { pid } of members) members.push(...candidates.filter(({ parent }) => parent === pid));
  return members;
}

function all() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(Number(pid)))
    .filter((found) => found !== undefined);
}

/** Undefined when there is none, or it has ended and only waits to be reaped. */
function read(pid) {
  const stat = content(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, , session] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), session: Number(session), startTime: fields[19] };
}

function proportionalBytes(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(content(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024;
}

function content(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // it has just ended, or is another user's
  }
}
