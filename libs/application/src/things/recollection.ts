import type { PreparedCommand } from '@gemel/model/things';
import type { Memory } from './draft.js';

/** Decisions for which the store is asked after one that memory had spoilt: things may have writers elsewhere. */
const WARY_DECISIONS = 500;

/** Memory as far as it has proved right of late. */
export class Recollection {
  #wary = 0;

  constructor(private readonly memory: Memory | undefined) {}

  /** Undefined when the store should be asked. */
  forDecision(commands: readonly PreparedCommand[]): Memory | undefined {
    if (commands.length > 1) return undefined;
    if (this.#wary === 0) return this.memory;
    this.#wary -= 1;
    return undefined;
  }

  /** Another writer was first. */
  failed(): void {
    this.#wary = WARY_DECISIONS;
  }
}
