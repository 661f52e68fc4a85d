import type { ThingId } from '@gemel/model/ids';
import type { PreparedCommand } from '@gemel/model/things';
import type { Memory } from './draft.js';

/** Decisions after one that memory had spoilt, in number, for which it may be wrong again: things may have writers elsewhere. */
const FEWEST_WARY = 16;
/** They are twice as many each time that it was wrong again soon. */
const MOST_WARY = 512;
/** Within so many decisions of each one that it spoilt: such a one is made again, and for a while appends do not share a commit. */
const SOON = 32;
/** Things of which it was wrong meanwhile, from which on it is asked about none: others are likely to change any of them. */
const SEVERAL = 3;

/** Memory as far as it has proved right of late. Policies are decided on it all the same: what it has of them is a premise. */
export class Recollection {
  readonly #ofPolicies: Memory | undefined;
  readonly #spoilt = new Set<ThingId>();
  /** Decisions left for which it may be wrong, and how many they are next time. */
  #wary = 0;
  #nextWary = FEWEST_WARY;
  /** Decisions on all of it before that, and those that were spoilt since. */
  #trusted = 0;
  #lost = 0;

  constructor(private readonly memory: Memory | undefined) {
    this.#ofPolicies = memory && {
      recall: () => undefined,
      recallPolicy: (id) => memory.recallPolicy?.(id),
    };
  }

  /** Undefined when the store should be asked for everything. */
  forDecision(commands: readonly PreparedCommand[]): Memory | undefined {
    const [command] = commands;
    if (command === undefined || commands.length > 1) return undefined;
    if (this.#wary === 0) {
      this.#trusted += 1;
      return this.memory;
    }
    const isTrusted = this.#spoilt.size < SEVERAL && !this.#spoilt.has(command.thingId);
    this.#beLessWary();
    return isTrusted ? this.memory : this.#ofPolicies;
  }

  /** Another writer was first, at one of the things at least. */
  failed(ids: readonly ThingId[]): void {
    this.#lost += 1;
    this.#wary = this.#nextWary;
    for (const id of ids) if (this.#spoilt.size < SEVERAL) this.#spoilt.add(id);
  }

  #beLessWary(): void {
    this.#wary -= 1;
    if (this.#wary > 0) return;
    const wasSoon = this.#trusted < this.#lost * SOON;
    this.#nextWary = wasSoon ? Math.min(2 * this.#nextWary, MOST_WARY) : FEWEST_WARY;
    this.#trusted = this.#lost = 0;
    this.#spoilt.clear();
  }
}
