import { vi } from 'vitest';
import StallReporter from './stall-reporter.mjs';

const file = { id: '1', relativeModuleId: 'libs/a.spec.ts' };
const test = { id: '1_0', fullName: 'a > ends', module: file };

describe('a run of specs', () => {
  let said: string[];
  let reporter: StallReporter;

  beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    reporter = new StallReporter({ longestMs: 120_000, end: (text) => said.push(text) });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends with the names of what is under way when nothing begins or ends for too long', () => {
    reporter.onTestModuleStart(file);
    reporter.onTestCaseReady(test);
    vi.advanceTimersByTime(119_999);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual([
      'No test has begun or ended for 2 minutes. Under way:\n  libs/a.spec.ts\n  libs/a.spec.ts > a > ends',
    ]);
  });

  it('goes on as long as tests begin or end, and is over when it says so', () => {
    reporter.onTestModuleStart(file);
    for (let minute = 0; minute < 5; minute++) {
      vi.advanceTimersByTime(60_000);
      reporter.onTestCaseReady(test);
      vi.advanceTimersByTime(60_000);
      reporter.onTestCaseResult(test);
    }
    reporter.onTestModuleEnd(file);
    reporter.onTestRunEnd();
    vi.advanceTimersByTime(600_000);
    expect(said).toEqual([]);
  });
});
