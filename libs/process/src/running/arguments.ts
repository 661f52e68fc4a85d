import { parseArgs } from 'node:util';

/** What a process can be asked on the command line besides `--json` and `--help`: name and meaning. */
export type Flags<Name extends string> = Readonly<Record<Name, string>>;

/** Which flags were given. */
export type Given<Name extends string> = Readonly<Record<Name | 'json' | 'help', boolean>>;

const COMMON = { json: 'print one line of JSON when ready', help: 'show this text' };

/** @throws TypeError naming a flag that does not exist */
export function parseFlags<Name extends string>(args: readonly string[], flags: Flags<Name>): Given<Name> {
  const names = Object.keys({ ...COMMON, ...flags });
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'boolean' as const, default: false }])),
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values as Given<Name>;
}

/** The text of `--help`. @param command how the process is started */
export function usageOf(command: string, flags: Flags<string>): string {
  const rows = Object.entries({ json: COMMON.json, ...flags, help: COMMON.help });
  const width = Math.max(...rows.map(([name]) => name.length)) + 3;
  const lines = rows.map(([name, meaning]) => `  --${name.padEnd(width)}${meaning}`);
  return `Usage: ${command} [options]

${lines.join('\n')}

Settings are environment variables: see docs/configuration.md.
`;
}
