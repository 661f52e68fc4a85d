// `npm run test:services`: installs what the tests need, starts the services they need in a folder of their own, runs
// the tests, and takes the services down, whatever happened.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './services/apt.mjs';
import { newerNode } from './services/newer-node.mjs';
import { ROOT } from './setup/run-step.mjs';
import { setUp } from './setup/set-up.mjs';

/** Programs by name, and the Debian package that has each. */
const PROGRAMS = { mosquitto_pub: 'mosquitto-clients', curl: 'curl', python3: 'python3-pip' };
/** What makes the services need less CPU here. */
const FRUGAL = {
  // For a Java that lives some minutes, making its code fast takes longer than it saves; tests start a dozen.
  JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
  // A Go looks on each of its processors for something to do before it rests, and clears up often: a third of its CPU.
  GOMAXPROCS: '1',
  GOGC: '400',
};
const SERVICES = ['mongodb', 'kafka', 'influxdb', 'mosquitto', 'rabbitmq', 'artemis'];

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

await setUp();
// Not before: they use the clients.
const { down } = await import('./services/down.mjs');
const { helmProgram, schemathesisModules, telegrafProgram } = await import('./services/programs.mjs');
const { environment } = await import('./services/status.mjs');

const dir = mkdtempSync(join(tmpdir(), 'gemel-services-'));
/** A test that starts services of its own does so in a folder of this one: it may be interrupted before it stops them. */
const ofTests = join(dir, 'of-tests');
mkdirSync(ofTests);
try {
  process.exitCode = await test();
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
} finally {
  const others = readdirSync(ofTests).map((name) => join(ofTests, name));
  for (const folder of [dir, ...others]) await down([], { dir: folder, purge: true });
  rmSync(dir, { recursive: true });
}

async function test() {
  await installPackages(PROGRAMS);
  const NEWER_NODE = newerNode();
  const HELM = process.env.HELM ?? (await helmProgram());
  const SCHEMATHESIS = process.env.SCHEMATHESIS ?? (await schemathesisModules());
  const TELEGRAF = process.env.TELEGRAF ?? (await telegrafProgram());
  const status = await run(['tools/services.mjs', 'up', ...SERVICES, '--dir', dir], FRUGAL, 'ignore');
  if (status !== 0) return status;
  const specs = ['tools/test.mjs', '--config', 'vitest.services.config.mjs', ...process.argv.slice(2)];
  const programs = { NEWER_NODE, HELM, SCHEMATHESIS, TELEGRAF, ...FRUGAL };
  return run(specs, { ...programs, GEMEL_SERVICES_DIR: dir, ...environment(SERVICES, { dir }) }, 'inherit');
}

/** Answers the exit status; an interrupted run has failed. */
async function run(args, env, stdout) {
  if (interrupted) return 1;
  running = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['inherit', stdout, 'inherit'],
  });
  const status = await new Promise((resolve) => running.once('exit', resolve));
  return interrupted ? 1 : (status ?? 1);
}
