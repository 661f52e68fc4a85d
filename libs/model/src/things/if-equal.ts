import type { IfEqual } from '../headers/index.js';
import { isJsonObject, jsonEquals, member, mergePatch, minimalPatch, valueAt } from '../json/index.js';
import type { PreparedCommand } from './prepare.js';
import type { Thing } from './thing.js';

/**
 * The command as the header `if-equal` wants it; undefined when it would change nothing and the header says to skip it
 * then. Of a merge, `skip-minimizing-merge` leaves what changes something; a modify it leaves alone, as Ditto does. A whole
 * thing is compared without its id, and its policyId counts as changed where the body leaves it out (Ditto's code).
 */
export function commandUnlessEqual(command: PreparedCommand, thing: Thing, mode: IfEqual): PreparedCommand | undefined {
  if (mode === 'update' || command.kind === 'delete' || command.kind === 'create') return command;
  const { path, value } = command;
  const before = valueAt(thing, path);
  if (command.kind === 'modify') {
    const whole = path.length > 0 || !isJsonObject(value) || member(value, 'policyId') !== undefined;
    return mode === 'skip' && whole && jsonEquals(before, value) ? undefined : command;
  }
  if (value === null) return before === undefined ? undefined : command;
  if (jsonEquals(before, mergePatch(before, value))) return undefined;
  if (mode === 'skip') return command;
  return { ...command, value: minimalPatch(before, value) ?? value };
}
