import { Arguments } from './arguments.js';
import type { Budget } from './budget.js';
import { bounded } from './evaluate.js';
import type { Place } from './flux-invalid.js';
import { parseFluxDuration, parseFluxTime } from './tokens.js';
import { recordOf, typeName } from './value.js';
import type { FluxTime } from './literal.js';
import type { FluxBuiltin, FluxRecord, FluxValue } from './value.js';

type ScalarFunction = (args: Arguments) => FluxValue;

/** Functions on single values, by name; null gives null where Flux has it so. */
export function scalarBuiltins(now: FluxTime, budget: Budget): ReadonlyMap<string, FluxBuiltin> {
  return builtins('', budget, {
    now: () => now,
    string: (args) => convert(args, (value) => (typeof value === 'string' ? value : textOf(value))),
    float: (args) => convert(args, (value) => numberOf(args, value)),
    int: (args) => convert(args, (value) => integerOf(args, value)),
    bool: (args) =>
      convert(args, (value) =>
        typeof value === 'boolean'
          ? value
          : value === 'true'
            ? true
            : value === 'false'
              ? false
              : args.wrong('v', 'a bool', value),
      ),
    time: (args) =>
      convert(args, (value) =>
        typeof value === 'string'
          ? (parseFluxTime(value) ?? args.wrong('v', 'an RFC 3339 time', value))
          : args.time('v', now),
      ),
    duration: (args) =>
      convert(args, (value) =>
        typeof value === 'string' ? (parseFluxDuration(value) ?? args.wrong('v', 'a duration', value)) : value,
      ),
    contains: (args) => {
      const value = args.required('value');
      return args.strings('set').some((item) => item === value);
    },
  });
}

/** The package `strings`, as far as dashboards use it. */
export function stringsPackage(budget: Budget): FluxRecord {
  const text =
    (change: (value: string, args: Arguments) => FluxValue): ScalarFunction =>
    (args) =>
      args.required('v') === null ? null : change(args.string('v'), args);
  return recordOf(
    builtins('strings.', budget, {
      hasPrefix: text((value, args) => value.startsWith(args.string('prefix'))),
      hasSuffix: text((value, args) => value.endsWith(args.string('suffix'))),
      containsStr: text((value, args) => value.includes(args.string('substr'))),
      toLower: text((value) => value.toLowerCase()),
      toUpper: text((value) => value.toUpperCase()),
      trimPrefix: text((value, args) => {
        const prefix = args.string('prefix');
        return value.startsWith(prefix) ? value.slice(prefix.length) : value;
      }),
      replaceAll: text((value, args) =>
        bounded(
          value.replaceAll(args.string('t'), () => args.string('u')),
          args.at,
        ),
      ),
      replace: text((value, args) => replace(value, args)),
    }),
  );
}

function replace(value: string, args: Arguments): string {
  const target = args.string('t');
  const replacement = args.string('u');
  let left = args.count('i');
  const replaced = value.replaceAll(target, (match) => {
    left -= 1;
    return left >= 0 ? replacement : match;
  });
  return bounded(replaced, args.at);
}

function builtins(
  prefix: string,
  budget: Budget,
  functions: Readonly<Record<string, ScalarFunction>>,
): ReadonlyMap<string, FluxBuiltin> {
  return new Map(
    Object.entries(functions).map(([name, run]) => [
      name,
      {
        kind: 'builtin',
        name: `${prefix}${name}`,
        call: (values: ReadonlyMap<string, FluxValue>, at: Place) => {
          budget.spend(1);
          const args = new Arguments(`${prefix}${name}`, values, at);
          const result = run(args);
          args.done();
          return result;
        },
      } satisfies FluxBuiltin,
    ]),
  );
}

function convert(args: Arguments, change: (value: FluxValue) => FluxValue): FluxValue {
  const value = args.required('v');
  return value === null ? null : change(value);
}

function textOf(value: FluxValue): string {
  if (typeof value === 'object' && value?.kind === 'time') return new Date(value.micros / 1000).toISOString();
  return typeof value === 'object' ? typeName(value) : String(value);
}

function numberOf(args: Arguments, value: FluxValue): number {
  const number =
    typeof value === 'string' && value.trim() === ''
      ? Number.NaN
      : typeof value === 'object'
        ? Number.NaN
        : Number(value);
  return Number.isNaN(number) ? args.wrong('v', 'a number', value) : number;
}

function integerOf(args: Arguments, value: FluxValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'object' && value?.kind === 'time') return BigInt(value.micros) * 1000n;
  const number = Math.trunc(numberOf(args, value));
  return Number.isSafeInteger(number) ? BigInt(number) : args.wrong('v', 'an integer', value);
}
