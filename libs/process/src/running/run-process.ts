import type { JsonObject } from '@gemel/model/json';
import { letHeapBreathe } from '../heap/index.js';
import type { LogLevel } from '../settings/index.js';
import { parseFlags, usageOf } from './arguments.js';
import type { Flags, Given } from './arguments.js';
import { lastWords } from './last-words.js';
import { createLogger } from './logger.js';
import type { AdjustableLogger } from './logger.js';
import { stopOnSignals } from './stop-on-signals.js';
import type { Stoppable } from './stop-on-signals.js';

/** What a process is, apart from being a process. */
export interface Program<Settings extends { readonly GEMEL_LOG_LEVEL: LogLevel }, Name extends string = never> {
  /** In each line of its log. */
  readonly name: string;
  /** How it is started, for `--help`. */
  readonly command: string;
  readonly flags: Flags<Name>;
  /** @throws ConfigurationInvalid */
  readSettings(environment: Readonly<Record<string, string | undefined>>): Settings;
  /** Resolves when it can do its work. What it throws is shown by its message: that says what to do. */
  start(settings: Settings, log: AdjustableLogger, given: Given<Name>): Promise<Running>;
}

/** A started process. */
export interface Running extends Stoppable {
  /** One line for programs that started this one. */
  readonly ready: JsonObject;
  /** What a person reads first. */
  readonly welcome: string;
}

const FAILED = 1;
const MISUSED = 2;

/** Runs until a signal ends it; exit status 1 when it cannot start or stop, 2 when arguments or settings are wrong. */
export async function runProcess<Settings extends { readonly GEMEL_LOG_LEVEL: LogLevel }, Name extends string = never>(
  program: Program<Settings, Name>,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const given = orExit(() => parseFlags(args, program.flags), MISUSED);
  if (given.help) {
    process.stdout.write(usageOf(program.command, program.flags));
    return;
  }
  const settings = orExit(() => program.readSettings(environment), MISUSED);
  const log = createLogger(program.name, settings.GEMEL_LOG_LEVEL);
  const running = await program.start(settings, log, given).catch((error: unknown) => exit(error, FAILED));
  stopOnSignals(running, log);
  letHeapBreathe();
  process.stdout.write(given.json ? `${JSON.stringify({ ...running.ready, pid: process.pid })}\n` : running.welcome);
}

function orExit<T>(work: () => T, status: number): T {
  try {
    return work();
  } catch (error) {
    return exit(error, status);
  }
}

function exit(error: unknown, status: number): never {
  process.stderr.write(`${lastWords(error)}\n`);
  process.exit(status);
}
