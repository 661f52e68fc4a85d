import { vi } from 'vitest';
import { Engines } from './engines.js';
import { DEFAULT_LIMITS, Sandbox } from './sandbox.js';

const RUN_MS = 50;
const COUNTS = 'const count = (to) => { let n = 0; while (n < Number(to)) n++; return String(n); };';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = new Sandbox(await new Engines().open(), [COUNTS], 'count', { ...DEFAULT_LIMITS, runMs: RUN_MS });
});
afterEach(() => {
  vi.restoreAllMocks();
  sandbox.close();
});

/** A clock that is this much further each time it is looked at. */
function everLater(stepMs: number): void {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += stepMs));
}

describe('a script that takes its time', () => {
  it('is not ended for the time that other processes had', () => {
    everLater(1_000);
    vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 1_000, system: 1_000 });
    expect(sandbox.call(['1000000'])).toBe('1000000');
  });

  it('is ended when it has had the processor for too long', () => {
    everLater(1_000);
    vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 30_000, system: 30_000 });
    expect(() => sandbox.call(['1000000'])).toThrow(
      expect.objectContaining({ kind: 'time', message: `it ran for more than ${String(RUN_MS)} ms` }),
    );
  });

  it('is not ended for what other threads of the process do in no time', () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 1e9, system: 0 });
    expect(sandbox.call(['1000000'])).toBe('1000000');
  });

  it('has all of it again for the next message', () => {
    const ended = expect.objectContaining({ kind: 'time' });
    expect(() => sandbox.call(['Infinity'])).toThrow(ended);
    expect(sandbox.call(['1000'])).toBe('1000');
  });
});
