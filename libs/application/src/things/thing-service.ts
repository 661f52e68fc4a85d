import type { ThingId } from '@gemel/model/ids';
import type { FieldSelector, JsonObject } from '@gemel/model/json';
import type { ModifyingThingCommand, ThingCommand } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';
import type { ThingReader } from './thing-reader.js';
import type { ThingReply } from './thing-reply.js';
import type { Refusal, ThingWriter } from './thing-writer.js';

/** Every command on things, whichever way it came in. */
export class ThingService {
  constructor(
    private readonly reader: ThingReader,
    private readonly writer: Pick<ThingWriter, 'write' | 'writeOne' | 'rehearse'>,
  ) {}

  /** Retrieves, or changes and commits. @throws GemelError when refused */
  execute(command: ThingCommand, context: SignalContext): Promise<ThingReply> {
    return command.kind === 'retrieve'
      ? this.reader.retrieve(command, context)
      : this.writer.writeOne(command, context);
  }

  /** Changes several things in one commit: all, or none when one command is refused. Replies in the order of the commands. */
  executeAll(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly ThingReply[]> {
    return this.writer.write(commands, context);
  }

  /** What stands against each of the commands; changes nothing. */
  rehearse(commands: readonly ModifyingThingCommand[], context: SignalContext): Promise<readonly Refusal[]> {
    return this.writer.rehearse(commands, context);
  }

  /** The readable ones of the things, in the order in which they are named first; the others are left out. */
  retrieveMany(
    ids: readonly ThingId[],
    fields: FieldSelector | undefined,
    context: SignalContext,
  ): Promise<readonly JsonObject[]> {
    return this.reader.retrieveMany(ids, fields, context);
  }
}
