import { sentenceOf } from '@gemel/application/consistency';
import type { CheckProgress, Finding } from '@gemel/application/consistency';
import type { Logger } from '@gemel/application/ports';
import type { JsonObject } from '@gemel/model/json';
import type { CheckedStore } from '@gemel/wiring';
import { createLogger, lastWords } from '../running/index.js';
import type { LogLevel } from '../settings/index.js';
import { CHECK_USAGE, parseCheckArguments } from './check-arguments.js';
import type { CheckArguments } from './check-arguments.js';

const DONE = 0;
const FAILED = 1;
const MISUSED = 2;
const FAULTY = 3;
/** Between two lines that say how far it is. */
const PROGRESS_MS = 5_000;

export interface CheckProgram<Settings extends { readonly GEMEL_LOG_LEVEL: LogLevel }> {
  /** @throws ConfigurationInvalid */
  readSettings(environment: Readonly<Record<string, string | undefined>>): Settings;
  open(settings: Settings, log: Logger): Promise<CheckedStore>;
}

/** What a check prints and how it is told to end. */
export interface CheckHost {
  readonly print: (line: JsonObject) => void;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Runs a check on the command line; answers the exit status. */
export async function runCheck<Settings extends { readonly GEMEL_LOG_LEVEL: LogLevel }>(
  program: CheckProgram<Settings>,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const asked = orUndefined(() => ({ given: parseCheckArguments(args), settings: program.readSettings(environment) }));
  if (asked === undefined) return MISUSED;
  const { given, settings } = asked;
  if (given.help) {
    process.stdout.write(CHECK_USAGE);
    return DONE;
  }
  const log = createLogger('gemel-fsck', settings.GEMEL_LOG_LEVEL);
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let store: CheckedStore | undefined;
  try {
    store = await program.open(settings, log);
    const print = (line: JsonObject) => process.stdout.write(`${JSON.stringify(line)}\n`);
    return await report(store, given, { print, signal: stopping.signal, log });
  } catch (error) {
    process.stderr.write(`${lastWords(error)}\n`);
    return FAILED;
  } finally {
    await store?.close();
  }
}

/** Checks, and prints what comes out; answers the exit status. */
export async function report(
  { check }: Pick<CheckedStore, 'check'>,
  { repair, from, perSecond }: Omit<CheckArguments, 'help'>,
  { print, signal, log }: CheckHost,
): Promise<number> {
  const began = performance.now();
  const total = { log: 0, thing: 0, policy: 0, pending: 0, faults: 0, repaired: 0 };
  let cursor = from ?? '';
  let told = began;
  const tell = (step: CheckProgress) => {
    for (const finding of step.findings) {
      print(lineOf(finding));
      total.faults += 1;
      if (finding.repaired === true) total.repaired += 1;
      log.error({ ...finding }, sentenceOf(finding));
    }
    total.log += step.checked.log;
    total.thing += step.checked.thing;
    total.policy += step.checked.policy;
    total.pending += step.pending;
    cursor = step.cursor;
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    print({ cursor, ...total });
  };
  let isEnded = false;
  try {
    for await (const step of check.run({ repair, from, perSecond, signal })) tell(step);
    isEnded = !signal.aborted;
  } finally {
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    print({ summary: { ...total, seconds, cursor, isComplete: isEnded } });
  }
  if (!isEnded) return FAILED;
  return total.faults > total.repaired ? FAULTY : DONE;
}

function lineOf({ kind, entity, id, detail, repaired }: Finding): JsonObject {
  return { kind, entity, id, detail, ...(repaired === undefined ? undefined : { repaired }) };
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    process.stderr.write(`${lastWords(error)}\n`);
    return undefined;
  }
}
