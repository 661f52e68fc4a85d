import type { ThingId } from '@gemel/model/ids';
import type { PreparedCommand } from '@gemel/model/things';
import type { Memory } from './draft.js';

/** Decisions after one that memory had spoilt, in number, for which it may be wrong again: things may have writers elsewhere. */
const WARY_DECISIONS = 500;
/** Things of which it was wrong meanwhile, from which on it is asked about none: others are likely to change any of them. */
const SEVERAL = 3;

/** Memory as far as it has proved right of late. */
export class Recollection {
  #wary = 0;
  readonly #spoilt = new Set<ThingId>();

  constructor(private readonly memory: Memory | undefined) {}

  /** Undefined when the store should be asked. */
  forDecision(commands: readonly PreparedCommand[]): Memory | undefined {
    const [command] = commands;
    if (command === undefined || commands.length > 1) return undefined;
    if (this.#wary === 0) return this.memory;
    const isTrusted = this.#spoilt.size < SEVERAL && !this.#spoilt.has(command.thingId);
    this.#wary -= 1;
    if (this.#wary === 0) this.#spoilt.clear();
    return isTrusted ? this.memory : undefined;
  }

  /** Another writer was first, at one of the things at least. */
  failed(ids: readonly ThingId[]): void {
    this.#wary = WARY_DECISIONS;
    for (const id of ids) if (this.#spoilt.size < SEVERAL) this.#spoilt.add(id);
  }
}
