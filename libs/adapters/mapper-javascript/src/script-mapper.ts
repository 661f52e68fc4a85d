import { isJsonArray, isJsonObject, member, parseJson } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { MessageMapperConfigFailed, MessageMappingFailed, dittoMapper } from '@gemel/model/mapping';
import type { IncomingMessage, MappingScript, OutgoingMessage, OutgoingSignal } from '@gemel/model/mapping';
import type { MappingScripts, OpenScript } from '@gemel/application/ports';
import { parseEnvelope } from '@gemel/model/protocol';
import type { Envelope } from '@gemel/model/protocol';
import { Engines } from './engines.js';
import { libraries } from './libraries.js';
import { ModulesFolder, ModulesUnusable } from './modules.js';
import { ENTRY_IN, ENTRY_OUT, PRELUDE } from './prelude.js';
import { DEFAULT_LIMITS } from './sandbox.js';
import type { SandboxLimits } from './sandbox.js';
import { ScriptWorld } from './script-world.js';
import type { WorldParts } from './script-world.js';

export interface JavaScriptOptions {
  readonly limits?: SandboxLimits;
  /** Folder of what scripts may `require`, see modules.ts; undefined: they have no such function. */
  readonly modulesDir?: string | undefined;
}

/** Scripts on QuickJS, an engine for ES2023 in WebAssembly. */
export function javaScriptMappers({ limits = DEFAULT_LIMITS, modulesDir }: JavaScriptOptions = {}): MappingScripts {
  const engines = new Engines();
  const modules = modulesDir === undefined ? undefined : new ModulesFolder(modulesDir);
  return { open: (script, name) => ScriptMapper.open(script, { name, limits, engines }, modules) };
}

class ScriptMapper implements OpenScript {
  readonly #decoder = new TextDecoder();

  private constructor(
    private readonly name: string,
    private readonly ingoing: ScriptWorld | undefined,
    private readonly outgoingWorld: ScriptWorld | undefined,
  ) {}

  /** @throws MessageMapperConfigFailed */
  static async open(
    script: MappingScript,
    parts: Omit<WorldParts, 'scripts' | 'entry' | 'option'>,
    modules: ModulesFolder | undefined,
  ): Promise<ScriptMapper> {
    const loader = modules === undefined ? [] : [await loaderFor(parts.name, modules)];
    const shared = [...(await libraries(script)), PRELUDE, ...loader];
    const world = (
      own: string | undefined,
      entry: string,
      option: WorldParts['option'],
    ): Promise<ScriptWorld> | undefined =>
      own === undefined ? undefined : ScriptWorld.open({ scripts: [...shared, own], entry, option, ...parts });
    const ingoing = await world(script.incoming, ENTRY_IN, 'incomingScript');
    try {
      return new ScriptMapper(parts.name, ingoing, await world(script.outgoing, ENTRY_OUT, 'outgoingScript'));
    } catch (error) {
      ingoing?.close();
      throw error;
    }
  }

  /** @throws MessageMappingFailed, and what is wrong with the Ditto Protocol message that the script makes */
  incoming(message: IncomingMessage): readonly Envelope[] {
    if (this.ingoing === undefined) return dittoMapper.incoming(message);
    const { headers, payload } = message;
    const text = this.ingoing.call([
      JSON.stringify(headers),
      this.#decoder.decode(payload),
      payload,
      headers['content-type'],
    ]);
    if (text === undefined) return [];
    const mapped = parseJson(text);
    return (isJsonArray(mapped) ? mapped : [mapped]).flatMap((one) => (one === null ? [] : [this.#envelope(one)]));
  }

  /** @throws MessageMappingFailed */
  outgoing(signal: OutgoingSignal): readonly OutgoingMessage[] {
    if (this.outgoingWorld === undefined) return dittoMapper.outgoing(signal);
    const text = this.outgoingWorld.call([JSON.stringify(signal.json)]);
    const mapped = text === undefined ? [] : parseJson(text);
    return isJsonArray(mapped) ? mapped.flatMap((one) => (isJsonObject(one) ? [externalMessage(one)] : [])) : [];
  }

  close(): void {
    this.ingoing?.close();
    this.outgoingWorld?.close();
  }

  #envelope(mapped: JsonValue): Envelope {
    if (isJsonObject(mapped)) return parseEnvelope(mapped);
    throw new MessageMappingFailed(this.name, 'its script gave something else than a message, a list of them or null');
  }
}

/** @throws MessageMapperConfigFailed */
async function loaderFor(name: string, modules: ModulesFolder): Promise<string> {
  try {
    return await modules.loader();
  } catch (error) {
    throw error instanceof ModulesUnusable ? new MessageMapperConfigFailed(name, error.message) : error;
  }
}

function externalMessage(mapped: JsonObject): OutgoingMessage {
  const bytes = member(mapped, 'bytes');
  const text = member(mapped, 'text');
  return {
    headers: headersOf(mapped),
    payload: typeof bytes === 'string' ? bytesOf(bytes) : typeof text === 'string' ? text : '',
  };
}

function headersOf(mapped: JsonObject): Readonly<Record<string, string>> {
  const given = member(mapped, 'headers');
  const contentType = member(mapped, 'contentType');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isJsonObject(given) ? given : {})) {
    if (value !== null) headers[name.toLowerCase()] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  if (typeof contentType === 'string') headers['content-type'] = contentType;
  return headers;
}

/** One character is one byte. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
