import { parseArguments, USAGE } from './arguments.js';
import { ConfigurationInvalid, readSettings } from './config.js';
import type { Settings } from './config.js';
import { createLogger } from './logger.js';
import { startSample } from './sample.js';
import { startSolo } from './solo.js';
import type { Solo } from './solo.js';
import { readyLine, welcomeText } from './welcome.js';

const FAILED = 1;
const MISUSED = 2;

await main(process.argv.slice(2));

/** Runs until a signal ends it; exit status 1 when it cannot start, 2 when arguments or settings are wrong. */
async function main(args: readonly string[]): Promise<void> {
  const options = orExit(() => parseArguments(args), MISUSED);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const settings = orExit(() => readSettings(process.env), MISUSED);
  const log = createLogger(settings.GEMEL_LOG_LEVEL);
  const solo = await startSolo(settings, log).catch((error: unknown) => exit(error, FAILED));
  const sample = options.sample ? await startSample(solo, log) : undefined;
  stopOnSignals(async () => {
    sample?.stop();
    await solo.close();
  });
  announce(solo, settings, options);
}

function announce(
  solo: Solo,
  settings: Settings,
  { json, sample }: { readonly json: boolean; readonly sample: boolean },
): void {
  const text = json ? `${readyLine(solo.addresses, settings)}\n` : welcomeText(solo.addresses, settings, sample);
  process.stdout.write(text);
}

/** A second signal does not wait. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) process.exit(FAILED);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => exit(error, FAILED),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function orExit<T>(work: () => T, status: number): T {
  try {
    return work();
  } catch (error) {
    return exit(error, status);
  }
}

/** What a person can act on is said in a sentence; of a bug they get the stack. */
function exit(error: unknown, status: number): never {
  const isBug = !(error instanceof Error) || error instanceof ReferenceError;
  const text = isBug ? String(error) : error.message;
  const heading = error instanceof ConfigurationInvalid ? 'The configuration is not valid:\n' : '';
  process.stderr.write(`${heading}${text}\n`);
  process.exit(status);
}
