const LONGEST_MS = 15 * 60_000;

/**
 * A test that never gives its process a turn again (a loop, microtasks without end) is beyond Vitest's timeouts. This
 * reporter of Vitest names what is under way when no test has begun or ended for too long, and ends the run.
 */
export default class StallReporter {
  #underWay = new Map();
  #timer;
  #longestMs;
  #end;

  /** @param options.end is called with what to say; without, says it and ends the process with status 1 */
  constructor({ longestMs = LONGEST_MS, end = endProcess } = {}) {
    this.#longestMs = longestMs;
    this.#end = end;
  }

  onTestModuleStart(module) {
    this.#begin(module, module.relativeModuleId);
  }

  onTestModuleEnd(module) {
    this.#finish(module);
  }

  onTestCaseReady(test) {
    this.#begin(test, `${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestCaseResult(test) {
    this.#finish(test);
  }

  onTestRunEnd() {
    clearTimeout(this.#timer);
  }

  #begin(task, name) {
    this.#underWay.set(task.id, name);
    this.#watch();
  }

  #finish(task) {
    this.#underWay.delete(task.id);
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const minutes = Math.round(this.#longestMs / 60_000);
      this.#end(
        [`No test has begun or ended for ${minutes} minutes. Under way:`, ...this.#underWay.values()].join('\n  '),
      );
    }, this.#longestMs);
  }
}

function endProcess(text) {
  process.stderr.write(`\n${text}\n`);
  process.exit(1);
}
