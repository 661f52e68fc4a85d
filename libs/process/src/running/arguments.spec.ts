import { parseFlags, usageOf } from './arguments.js';

const flags = { sample: 'create the sample twins' };

describe('the command line', () => {
  it('knows --json and --help besides the flags of the process', () => {
    expect(parseFlags([], flags)).toEqual({ json: false, help: false, sample: false });
    expect(parseFlags(['--json', '--sample', '-h'], flags)).toEqual({ json: true, help: true, sample: true });
  });

  it('names a flag that does not exist', () => {
    expect(() => parseFlags(['--smaple'], flags)).toThrow(/--smaple/);
  });

  it('explains each flag', () => {
    expect(usageOf('npm start --', flags)).toMatch(
      /Usage: npm start -- \[options\][^]*--sample +create the sample twins/,
    );
  });
});
