import { mkdirSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './run-step.mjs';

const SET_UP_LOCK = join(ROOT, '.cache/set-up.lock');
/** An owner renews its lock each second; one that was not renewed for this long is nobody's. */
const ABANDONED_AFTER_MS = 20_000;

/**
 * Runs `action` while no other process holds the same lock file, by default that of this checkout's set-up.
 * An owner that was killed is noticed.
 */
export async function withLock(action, lock = SET_UP_LOCK) {
  mkdirSync(dirname(lock), { recursive: true });
  await take(lock);
  const renewal = setInterval(() => utimesSync(lock, new Date(), new Date()), 1000);
  const release = () => unlinkSync(lock);
  process.once('exit', release);
  try {
    return await action();
  } finally {
    clearInterval(renewal);
    process.off('exit', release);
    release();
  }
}

async function take(lock) {
  let told = false;
  while (!created(lock)) {
    const owner = readOwner(lock);
    if (owner === undefined) continue;
    if (isAbandoned(lock, owner)) removeAbandoned(lock, owner);
    else if (!told) process.stderr.write(`Waiting for another process that installs or builds (${owner}) …\n`);
    told = true;
    await pause(200);
  }
}

function created(file) {
  try {
    writeFileSync(file, `${hostname()} ${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(lock) {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined; // just released
  }
}

function isAbandoned(lock, owner) {
  const [host, pid] = owner.split(' ');
  if (host === hostname() && Number(pid) > 0 && !isAlive(Number(pid))) return true;
  return ageOf(lock) > ABANDONED_AFTER_MS;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function ageOf(file) {
  const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  return Date.now() - mtimeMs;
}

/** Only one of several waiters may remove it, and only while it is still the same owner's. */
function removeAbandoned(lock, owner) {
  const claim = `${lock}.claim`;
  if (!created(claim)) {
    if (ageOf(claim) > ABANDONED_AFTER_MS) unlinkSync(claim);
    return;
  }
  if (readOwner(lock) === owner) unlinkSync(lock);
  unlinkSync(claim);
}
