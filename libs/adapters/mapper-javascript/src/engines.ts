import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import type { QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core';

/**
 * Engines with memory of their own; what becomes of one does not concern the others. One is always kept ready, so that a
 * script that has spoilt its own goes on with the next message.
 */
export class Engines {
  #spare: QuickJSWASMModule | undefined;
  #isMaking = false;

  async open(): Promise<QuickJSWASMModule> {
    this.#prepare();
    return newEngine();
  }

  /** Undefined when none is ready: there will be one soon. */
  take(): QuickJSWASMModule | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    this.#prepare();
    return spare;
  }

  #prepare(): void {
    if (this.#isMaking || this.#spare !== undefined) return;
    this.#isMaking = true;
    void newEngine()
      .then((engine) => {
        this.#spare = engine;
      })
      .finally(() => {
        this.#isMaking = false;
      });
  }
}

/** V8 compiles the same bytes once. */
function newEngine(): Promise<QuickJSWASMModule> {
  return newQuickJSWASMModuleFromVariant(parseVariant(variant));
}

/** The package's types are those of its CommonJS form, where the variant is one level deeper. */
function parseVariant(module: unknown): QuickJSSyncVariant {
  return module as QuickJSSyncVariant;
}
