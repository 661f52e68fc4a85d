import type { PreparedCommand } from '@gemel/model/things';
import type { ThingMemory } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';

/** Decisions for which the store is asked after one that memory had spoilt: things may have writers elsewhere. */
const WARY_DECISIONS = 500;

/** Memory as far as it has proved right of late. */
export class Recollection {
  #wary = 0;

  constructor(private readonly memory: ThingMemory | undefined) {}

  /** Undefined when the store should be asked, as it must be for what a guard promises. */
  forDecision(commands: readonly PreparedCommand[], { guard }: SignalContext): ThingMemory | undefined {
    if (commands.length > 1 || guard !== undefined) return undefined;
    if (this.#wary === 0) return this.memory;
    this.#wary -= 1;
    return undefined;
  }

  /** Another writer was first. */
  failed(): void {
    this.#wary = WARY_DECISIONS;
  }
}
