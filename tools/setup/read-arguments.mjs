import { parseArgs } from 'node:util';

/**
 * The command line of a tool as `read` makes it of what Node.js has parsed; by default the options alone. Ends the process
 * with the usage after `--help`, and with status 2, what is wrong and the usage when `read` or the parser throws.
 */
export function readArguments({ usage, options = {}, allowPositionals = false }, read = ({ values }) => values) {
  try {
    const help = { type: 'boolean', short: 'h', default: false };
    const parsed = parseArgs({ options: { ...options, help }, allowPositionals });
    if (!parsed.values.help) return read(parsed);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
  process.stdout.write(usage);
  process.exit(0);
}
