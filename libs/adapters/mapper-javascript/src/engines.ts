import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import type { QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core';
import { eagerCode } from './engine-code.js';

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

let code: Promise<ArrayBuffer> | undefined;

/** V8 compiles the same bytes once. */
async function newEngine(): Promise<QuickJSWASMModule> {
  code ??= eagerCode();
  return newQuickJSWASMModuleFromVariant(newVariant(parseVariant(variant), { wasmBinary: await code }));
}

/** The package's types are those of its CommonJS form, where the variant is one level deeper. */
function parseVariant(module: unknown): QuickJSSyncVariant {
  return module as QuickJSSyncVariant;
}
