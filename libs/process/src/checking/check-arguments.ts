import { parseArgs } from 'node:util';

/** What a check was asked for. */
export interface CheckArguments {
  readonly help: boolean;
  readonly repair: boolean;
  readonly from: string | undefined;
  readonly perSecond: number | undefined;
}

/** @throws TypeError saying what is wrong */
export function parseCheckArguments(args: readonly string[]): CheckArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repair: { type: 'boolean', default: false },
      from: { type: 'string' },
      rate: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { rate, from, repair, help } = values;
  if (rate !== undefined && !/^[1-9]\d{0,6}$/.test(rate)) {
    throw new TypeError(`--rate is a number of entities a second, 1 to 9,999,999, not '${rate}'`);
  }
  if (from !== undefined && !/^(?:log|thing|policy)\//.test(from)) {
    throw new TypeError(`--from is a cursor that an earlier check has printed, not '${from}'`);
  }
  return { help, repair, from, perSecond: rate === undefined ? undefined : Number(rate) };
}

export const CHECK_USAGE = `Usage: npm run fsck -- [options]

Holds every document of things and policies against the event log: those of the folder GEMEL_DATA_DIR, or of MongoDB when
GEMEL_MONGODB_URL is set. Prints a line of JSON for each fault, and a summary.

  --repair        write documents that are wrong anew from the log
  --rate N        look at N things, policies and events a second at most
  --from CURSOR   go on where an earlier check was
  -h, --help      show this text

Exit status: 0 nothing is wrong (any more), 1 it could not be checked to the end, 2 arguments or settings are wrong, 3 something is wrong.
`;
