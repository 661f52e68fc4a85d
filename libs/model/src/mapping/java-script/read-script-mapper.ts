import type { OptionsReader } from '../options-reader.js';
import type { ConfiguredMapper } from '../payload-mapper.js';

/** Longest script, in bytes (Ditto: 50 kB). */
const MAX_SCRIPT_BYTES = 50_000;

/** Script, libraries: the limits of its runs are the platform's. */
export function readScriptMapper(reader: OptionsReader): ConfiguredMapper {
  const script = {
    incoming: readScript(reader, 'incomingScript'),
    outgoing: readScript(reader, 'outgoingScript'),
    loadsByteBuffer: reader.boolean('loadBytebufferJS', false),
    loadsLong: reader.boolean('loadLongJS', false),
  };
  // Gemel has one limit of its own for all scripts: these are read so that Ditto's connections open.
  for (const name of ['maxScriptSizeBytes', 'maxScriptExecutionTime', 'maxScriptStackDepth']) reader.has(name);
  return { kind: 'script', script };
}

function readScript(reader: OptionsReader, name: string): string | undefined {
  const script = reader.optionalText(name);
  if (script === undefined || script.trim() === '') return undefined;
  const bytes = new TextEncoder().encode(script).length;
  if (bytes > MAX_SCRIPT_BYTES) reader.fault(name, `has ${bytes} bytes; a script may have ${MAX_SCRIPT_BYTES}`);
  return script;
}
