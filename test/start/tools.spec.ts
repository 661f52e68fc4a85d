import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tool = (name: string, ...args: readonly string[]) => {
  const file = fileURLToPath(new URL(`../../tools/${name}.mjs`, import.meta.url));
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
};

describe('a tool', () => {
  it.each(['bench', 'ci', 'deps', 'docs', 'services', 'simulate'])('%s explains itself when asked', (name) => {
    expect(tool(name, '--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: /) as string });
  });

  it.each([
    ['bench', ['--sarch'], "Unknown option '--sarch'"],
    ['bench', ['search'], "Unexpected argument 'search'"],
    ['bench', ['--search', '--cluster'], 'One part at a time, not cluster and search.'],
    ['ci', ['lnit'], "There is no step 'lnit'."],
    ['docs', ['--chek'], "Unknown option '--chek'"],
    ['services', ['statsu'], "There is no command 'statsu'."],
    ['services', [], 'Say what to do.'],
    ['simulate', ['--seed', 'x'], "--seed is a whole number, not 'x'"],
    ['simulate', ['--sed', '1'], "Unknown option '--sed'"],
  ])('%s refuses %j and does nothing', (name, args, reason) => {
    expect(tool(name, ...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(reason) as string,
    });
  });
});
