import type { ModifyingThingCommand } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import { StructureTouched } from './structure.js';
import type { Structure } from './structure.js';
import type { ThingReply } from './thing-reply.js';
import type { Refusal, ThingWriter } from './thing-writer.js';

/**
 * Holds a writer to the structure. Most commands do not touch it and need no turn; that one does shows when it is decided,
 * and then it is decided again: a turn must be taken before that on the thing, or two could wait for each other.
 */
export class StructuredWriter implements Pick<ThingWriter, 'write' | 'writeOne' | 'rehearse'> {
  constructor(
    private readonly writer: Pick<ThingWriter, 'write' | 'writeOne' | 'rehearse'>,
    private readonly structure: Structure,
  ) {}

  writeOne(command: ModifyingThingCommand, context: SignalContext): Promise<ThingReply> {
    return this.#ordered(context, (ordered) => this.writer.writeOne(command, ordered));
  }

  write(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly ThingReply[]> {
    return this.#ordered(context, (ordered) => this.writer.write(commands, ordered));
  }

  /** What the structure would say is not among it. */
  rehearse(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly Refusal[]> {
    return this.writer.rehearse(commands, context);
  }

  async #ordered<T>(context: SignalContext, write: (context: SignalContext) => Promise<T>): Promise<T> {
    try {
      return await write(context);
    } catch (error) {
      if (!(error instanceof StructureTouched)) throw error;
      return this.structure.inTurn(context, write);
    }
  }
}
