import { ProcessLogLevels } from './index.js';

const ignore = (): void => undefined;

function levelsOf(initial: 'info' | 'silent') {
  const log = { level: initial as string, error: ignore, warn: ignore, info: ignore, debug: ignore };
  return { log, levels: new ProcessLogLevels(log, initial) };
}

describe('the log levels of a process', () => {
  it('begin as configured', () => {
    expect(levelsOf('info').levels.configs(false)).toEqual([
      { level: 'info', logger: 'ROOT' },
      { level: 'info', logger: 'org.eclipse.ditto' },
    ]);
    expect(levelsOf('silent').levels.configs(false)).toEqual([]);
    expect(levelsOf('silent').levels.configs(true)).toHaveLength(2);
  });

  it.each([
    ['org.eclipse.ditto', 'debug', 'debug'],
    ['org.eclipse.ditto.gemel', 'off', 'silent'],
    ['org.eclipse.ditto', 'all', 'trace'],
    ['org.mongodb.driver', 'off', 'info'],
    ['ROOT', 'error', 'info'],
  ] as const)('%s at %s: the log is at %s', (logger, level, expected) => {
    const { log, levels } = levelsOf('info');
    expect(levels.set({ logger, level })).toBe(true);
    expect(log.level).toBe(expected);
  });

  it('are of so many loggers at most', () => {
    const { levels } = levelsOf('info');
    for (let index = 0; index < 98; index++) expect(levels.set({ logger: `l${index}`, level: 'warn' })).toBe(true);
    expect(levels.set({ logger: 'one.more', level: 'warn' })).toBe(false);
    expect(levels.set({ logger: 'ROOT', level: 'warn' })).toBe(true);
  });
});
