import { parseArgs } from 'node:util';

/** What was asked on the command line. */
export interface Arguments {
  /** One line of JSON on standard output when ready, instead of the welcome text. */
  readonly json: boolean;
  /** Creates the twins of the tour and feeds them from a built-in device. */
  readonly sample: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

  --json     print one line of JSON when ready
  --sample   create the sample twins and a small device that feeds them
  --help     show this text

Settings are environment variables: see docs/configuration.md.
`;

/** @throws TypeError naming an option that does not exist */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      sample: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}
