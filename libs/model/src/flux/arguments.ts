import { FluxInvalid } from './flux-invalid.js';
import type { Place } from './flux-invalid.js';
import { typeName } from './value.js';
import type { FluxDuration, FluxTime } from './literal.js';
import type { FluxBuiltin, FluxFunction, FluxValue } from './value.js';

/** The named arguments of one call, taken one by one; `done` refuses those that nobody took. */
export class Arguments {
  readonly #taken = new Set<string>();

  constructor(
    readonly name: string,
    private readonly values: ReadonlyMap<string, FluxValue>,
    readonly at: Place,
  ) {}

  optional(name: string): FluxValue | undefined {
    this.#taken.add(name);
    return this.values.get(name);
  }

  required(name: string): FluxValue {
    const value = this.optional(name);
    if (value === undefined) throw this.invalid(`needs the argument '${name}'`);
    return value;
  }

  string(name: string, fallback?: string): string {
    const value = fallback === undefined ? this.required(name) : (this.optional(name) ?? fallback);
    return typeof value === 'string' ? value : this.wrong(name, 'a string', value);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.optional(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.wrong(name, 'a bool', value);
  }

  /** A whole number from 0 to 10^9. */
  count(name: string, fallback?: number): number {
    const value = fallback === undefined ? this.required(name) : (this.optional(name) ?? BigInt(fallback));
    return typeof value === 'bigint' && value >= 0n && value <= 1_000_000_000n
      ? Number(value)
      : this.wrong(name, 'an int from 0 to 1000000000', value);
  }

  /** Longer than nothing. */
  duration(name: string): FluxDuration {
    const value = this.required(name);
    return typeof value === 'object' &&
      value?.kind === 'duration' &&
      (value.months > 0 || value.micros > 0) &&
      value.months >= 0 &&
      value.micros >= 0
      ? value
      : this.wrong(name, 'a duration above zero', value);
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    const value = fallback === undefined ? this.required(name) : this.optional(name);
    if (value === undefined) return fallback ?? [];
    const items = typeof value === 'object' && value?.kind === 'array' ? value.items : undefined;
    const texts = items?.filter((item) => typeof item === 'string');
    return texts !== undefined && texts.length === items?.length
      ? texts
      : this.wrong(name, 'an array of strings', value);
  }

  function(name: string): FluxFunction {
    const value = this.required(name);
    return typeof value === 'object' && value?.kind === 'function' ? value : this.wrong(name, 'a function', value);
  }

  builtin(name: string): FluxBuiltin {
    const value = this.required(name);
    return typeof value === 'object' && value?.kind === 'builtin'
      ? value
      : this.wrong(name, 'the name of an aggregate', value);
  }

  /** A time, seconds since 1970, or a duration from now; cut to the years that Flux knows. */
  time(name: string, now: FluxTime, fallback?: FluxTime): FluxTime {
    const value = fallback === undefined ? this.required(name) : (this.optional(name) ?? fallback);
    if (typeof value === 'bigint') return within(Number(value) * 1_000_000);
    if (typeof value === 'object' && value?.kind === 'time') return within(value.micros);
    if (typeof value === 'object' && value?.kind === 'duration') return within(addDuration(now, value).micros);
    return this.wrong(name, 'a time or a duration', value);
  }

  /** @throws FluxInvalid naming the first argument that is not supported */
  done(): void {
    for (const name of this.values.keys()) {
      if (!this.#taken.has(name)) throw this.invalid(`does not support the argument '${name}'`);
    }
  }

  invalid(problem: string): Error {
    return new FluxInvalid(`'${this.name}' ${problem}`, this.at);
  }

  wrong(name: string, wanted: string, value: FluxValue): never {
    throw this.invalid(`wants ${wanted} as '${name}', not a ${typeName(value)}`);
  }
}

/** Flux's times are 64-bit nanoseconds: 1677 to 2262. */
const LIMIT_MICROS = 9_223_372_036_854_775;

function within(micros: number): FluxTime {
  // A calendar computation far beyond the limit ends in NaN; it can only have been meant as "as far back as possible".
  const bounded = Number.isNaN(micros) ? -LIMIT_MICROS : Math.min(Math.max(micros, -LIMIT_MICROS), LIMIT_MICROS);
  return { kind: 'time', micros: bounded };
}

/** The time a duration later; months are counted in the calendar, UTC. */
export function addDuration(time: FluxTime, duration: FluxDuration): FluxTime {
  if (duration.months === 0) return { kind: 'time', micros: time.micros + duration.micros };
  const millis = Math.floor(time.micros / 1000);
  const date = new Date(millis);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + duration.months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return { kind: 'time', micros: date.getTime() * 1000 + (time.micros - millis * 1000) + duration.micros };
}
