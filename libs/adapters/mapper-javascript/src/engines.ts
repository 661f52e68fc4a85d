import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import type { QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core';

/** As many as scripts may spoil before they are left alone. */
const SPARES = 3;

/**
 * Engines with memory of their own; what becomes of one does not concern the others. Some are always kept ready, so that a
 * script that has spoilt its own goes on with the next message.
 */
export class Engines {
  readonly #spares: QuickJSWASMModule[] = [];
  #making = 0;

  async open(): Promise<QuickJSWASMModule> {
    this.#prepare();
    return newEngine();
  }

  /** Undefined when none is ready: there will be one soon. */
  take(): QuickJSWASMModule | undefined {
    const spare = this.#spares.pop();
    this.#prepare();
    return spare;
  }

  #prepare(): void {
    while (this.#spares.length + this.#making < SPARES) {
      this.#making++;
      void newEngine()
        .then((engine) => this.#spares.push(engine))
        .finally(() => this.#making--);
    }
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
