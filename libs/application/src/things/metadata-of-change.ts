import { isJsonObject, mergePatch, withValueAt } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import {
  MetadataHeadersConflict,
  MetadataNotModifiable,
  deleteMetadata,
  liveThing,
  metadataAt,
  putMetadata,
} from '@gemel/model/things';
import type { PreparedCommand, ThingDecision, ThingState } from '@gemel/model/things';
import type { SignalContext } from '../signals/index.js';

/** @throws MetadataHeadersConflict when the command has more than one header about metadata */
export function refuseSeveralMetadataHeaders(verb: 'reads' | 'writes', { metadata }: SignalContext): void {
  if (metadata !== undefined && Object.keys(metadata).length > 1) throw new MetadataHeadersConflict(verb);
}

/**
 * The metadata that what a command writes has from then on; undefined when the command says nothing about it.
 * @throws MetadataNotModifiable for a new thing that brings some besides the header; HeaderInvalid for a wrong wildcard
 */
export function metadataOfChange(
  command: PreparedCommand,
  { path, value, created }: ThingDecision,
  state: ThingState | undefined,
  { metadata: asked }: SignalContext,
): JsonObject | undefined {
  const thing = liveThing(state);
  const inline = thing === undefined && created && command.kind !== 'delete' ? command.extras?.metadata : undefined;
  const entries = asked?.put ?? [];
  if (inline !== undefined && entries.length > 0) throw new MetadataNotModifiable();
  if (inline !== undefined) return inline;
  const known = thing === undefined ? undefined : metadataAt(state?.metadata, path);
  if (entries.length > 0) {
    const content = command.kind === 'delete' ? undefined : writtenContent(command, path, value);
    return content === undefined ? undefined : putMetadata(known, entries, { path, content });
  }
  const keys = asked?.delete ?? [];
  if (keys.length === 0 || known === undefined || thing === undefined) return undefined;
  return deleteMetadata(known, keys, { path, content: thing });
}

/** What the command writes, as a thing that holds nothing else: wildcards stand for it alone. */
function writtenContent(
  { kind }: PreparedCommand,
  path: readonly string[],
  value: JsonValue | undefined,
): JsonObject | undefined {
  if (value === undefined || (kind === 'merge' && value === null)) return undefined;
  const written = kind === 'merge' ? mergePatch({}, value) : value;
  const content = withValueAt({}, path, written);
  return isJsonObject(content) ? content : undefined;
}
