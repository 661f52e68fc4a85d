import { formatPointer } from '@gemel/model/json';
import { MessageMapperConfigFailed, MessageMapperNotReady, MessageMappingFailed } from '@gemel/model/mapping';
import type { QuickJSWASMModule } from 'quickjs-emscripten-core';
import type { Engines } from './engines.js';
import { Patience } from './patience.js';
import { Sandbox, ScriptFault } from './sandbox.js';
import type { Argument, SandboxLimits } from './sandbox.js';

export interface WorldParts {
  /** In the order in which they are run. */
  readonly scripts: readonly string[];
  readonly entry: string;
  /** Of the mapper, for errors. */
  readonly name: string;
  /** Which option of the mapper the user's script is. */
  readonly option: 'incomingScript' | 'outgoingScript';
  readonly limits: SandboxLimits;
  readonly engines: Engines;
}

/** One direction of a script: a sandbox that is begun again when the script has spoilt it. */
export class ScriptWorld {
  readonly #patience = new Patience();
  #sandbox: Sandbox | undefined;
  #engine: QuickJSWASMModule | undefined;
  #isClosed = false;

  private constructor(
    engine: QuickJSWASMModule,
    private readonly parts: WorldParts,
  ) {
    this.#engine = engine;
  }

  /** @throws MessageMapperConfigFailed */
  static async open(parts: WorldParts): Promise<ScriptWorld> {
    const world = new ScriptWorld(await parts.engines.open(), parts);
    try {
      world.#begin();
    } catch (error) {
      const place = formatPointer(['mappingDefinitions', parts.name, 'options', parts.option]);
      throw new MessageMapperConfigFailed(parts.name, `${place} cannot be run: ${reasonOf(error)}`);
    }
    return world;
  }

  /** @throws MessageMappingFailed @throws MessageMapperNotReady */
  call(args: readonly Argument[]): string | undefined {
    const { name } = this.parts;
    const remaining = this.#patience.remaining(performance.now());
    if (remaining > 0) {
      const seconds = Math.ceil(remaining / 1_000);
      throw new MessageMappingFailed(name, `its script takes too much and is left alone for another ${seconds} s`);
    }
    try {
      const text = (this.#sandbox ?? this.#begin()).call(args);
      this.#patience.succeeded();
      return text;
    } catch (error) {
      if (error instanceof MessageMapperNotReady) throw error;
      this.#begins(error);
      throw new MessageMappingFailed(name, reasonOf(error));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#sandbox?.close();
    this.#sandbox = undefined;
  }

  #begin(): Sandbox {
    const { engines, scripts, entry, limits } = this.parts;
    if (this.#isClosed) throw new ScriptFault('its connection is closed', 'thrown');
    const engine = this.#engine ?? engines.take();
    if (engine === undefined) throw new MessageMapperNotReady(this.parts.name);
    this.#engine = engine;
    this.#sandbox = new Sandbox(engine, scripts, entry, limits);
    return this.#sandbox;
  }

  /** Nobody knows what is left of the variables of a script that was interrupted: it begins again. */
  #begins(error: unknown): void {
    const kind = error instanceof ScriptFault ? error.kind : 'broken';
    if (kind === 'thrown') return;
    this.#patience.exhausted(performance.now());
    if (kind === 'time') this.#sandbox?.close();
    // Without memory it cannot be ended in order: the garbage collector gets the engine with all that it holds.
    else this.#engine = undefined;
    this.#sandbox = undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
