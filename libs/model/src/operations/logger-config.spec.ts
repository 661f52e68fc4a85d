import { effectiveLevel, loggerConfigsOf, parseLoggerConfig } from './index.js';
import type { LogLevel } from './index.js';

const levels = new Map<string, LogLevel>([
  ['org.eclipse', 'warn'],
  ['ROOT', 'error'],
  ['org.eclipse.ditto.gateway', 'debug'],
  ['__proto__', 'off'],
]);

describe('log levels', () => {
  it.each([
    ['org.eclipse.ditto.gateway.http', 'debug'],
    ['org.eclipse.ditto', 'warn'],
    ['org.eclipse', 'warn'],
    ['org', 'error'],
    ['', 'error'],
    ['.', 'error'],
    ['__proto__', 'off'],
  ])('of %j is that of the nearest logger above', (name, level) => expect(effectiveLevel(levels, name)).toBe(level));

  it('are shown with the root first, disabled ones when asked for', () => {
    const shown = loggerConfigsOf(levels, false).map(({ logger }) => logger);
    expect(shown).toEqual(['ROOT', 'org.eclipse', 'org.eclipse.ditto.gateway']);
    expect(loggerConfigsOf(levels, true)).toContainEqual({ level: 'off', logger: '__proto__' });
  });

  it('are for the root when no logger is named', () => {
    for (const json of [{ level: 'TRACE' }, { level: 'trace', logger: '' }])
      expect(parseLoggerConfig(json)).toEqual({ level: 'trace', logger: 'ROOT' });
  });
});
