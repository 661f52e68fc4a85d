import { resolvePayload } from '@gemel/model/placeholders';
import type { ModifyingThingCommand } from '@gemel/model/things';

/** A command with the placeholders in its value replaced by what they stand for. */
export function withoutPlaceholders(
  command: ModifyingThingCommand,
  who: Parameters<typeof resolvePayload>[1],
): ModifyingThingCommand {
  switch (command.kind) {
    case 'create':
      return { ...command, value: resolvePayload(command.value, who) };
    case 'modify':
    case 'merge':
      return { ...command, value: resolvePayload(command.value, who) };
    case 'delete':
      return command;
  }
}
