import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten-core';

/** What a script may take of the machine. */
export interface SandboxLimits {
  /** For one call, and for reading the script; as well of the clock as of the processor, which others may have meanwhile. */
  readonly runMs: number;
  readonly memoryBytes: number;
  readonly stackBytes: number;
}

/** Ditto: 500 ms. Of memory it says nothing. */
export const DEFAULT_LIMITS: SandboxLimits = {
  runMs: 500,
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 64 * 1024,
};

/** A script has thrown, or has taken too much: then its world must not be used any longer. */
export class ScriptFault extends Error {
  constructor(
    message: string,
    readonly kind: 'thrown' | 'time' | 'memory',
  ) {
    super(message);
  }
}

/** What the user's script is called in stack traces. */
const OWN = 'script';
const LINE = /\bscript:(\d+)/;

/** A value that goes into a script. */
export type Argument = string | Uint8Array | undefined;

/**
 * One world for one script, with one function of it that is called again and again. Nothing in it reaches the process: it
 * has the language and nothing else.
 */
export class Sandbox {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #entry: QuickJSHandle;
  #until = 0;
  /** What the process had used of the processor when the script was first asked whether it goes on. */
  #used: NodeJS.CpuUsage | undefined;

  /** @param scripts the last one is the user's @throws ScriptFault one of the scripts cannot be run */
  constructor(
    module: QuickJSWASMModule,
    scripts: readonly string[],
    entry: string,
    private readonly limits: SandboxLimits,
  ) {
    this.#runtime = module.newRuntime();
    this.#runtime.setMemoryLimit(limits.memoryBytes);
    this.#runtime.setMaxStackSize(limits.stackBytes);
    this.#runtime.setInterruptHandler(() => this.#hasHadItsTime());
    this.#context = this.#runtime.newContext();
    try {
      for (const [index, script] of scripts.entries()) {
        this.#evaluate(script, index === scripts.length - 1 ? OWN : 'library').dispose();
      }
      this.#entry = this.#evaluate(entry, 'entry');
    } catch (error) {
      this.#context.dispose();
      this.#runtime.dispose();
      throw error;
    }
  }

  /** Undefined when the script says nothing. @throws ScriptFault */
  call(args: readonly Argument[]): string | undefined {
    const context = this.#context;
    const handles = args.map((arg) => this.#handleOf(arg));
    try {
      this.#begin();
      const result = context.callFunction(this.#entry, context.undefined, ...handles);
      if (result.error !== undefined) throw this.#faultOf(result.error);
      const text = context.typeof(result.value) === 'string' ? context.getString(result.value) : undefined;
      result.value.dispose();
      return text;
    } finally {
      for (const handle of handles) handle.dispose();
    }
  }

  close(): void {
    this.#entry.dispose();
    this.#context.dispose();
    this.#runtime.dispose();
  }

  #begin(): void {
    this.#until = performance.now() + this.limits.runMs;
    this.#used = undefined;
  }

  /** Asked now and then while a script runs; most have ended before. */
  #hasHadItsTime(): boolean {
    if (this.#used === undefined) {
      this.#used = process.cpuUsage();
      return false;
    }
    return performance.now() > this.#until && milliseconds(process.cpuUsage(this.#used)) > this.limits.runMs;
  }

  #handleOf(arg: Argument): QuickJSHandle {
    if (arg === undefined) return this.#context.undefined;
    return typeof arg === 'string'
      ? this.#context.newString(arg)
      : this.#context.newArrayBuffer(new Uint8Array(arg).buffer);
  }

  #evaluate(script: string, file: string): QuickJSHandle {
    this.#begin();
    const result = this.#context.evalCode(script, file);
    if (result.error !== undefined) throw this.#faultOf(result.error);
    return result.value;
  }

  #faultOf(error: QuickJSHandle): ScriptFault {
    const isLate = performance.now() > this.#until;
    const text = textOf(this.#context, error);
    error.dispose();
    if (isLate && text.includes('interrupted')) {
      return new ScriptFault(`it ran for more than ${this.limits.runMs} ms`, 'time');
    }
    return text.includes('out of memory')
      ? new ScriptFault(`it took more than ${this.limits.memoryBytes} bytes of memory`, 'memory')
      : new ScriptFault(text.slice(0, 500), 'thrown');
  }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

/** Of anything that was thrown, with the line of the user's script where it was. */
function textOf(context: QuickJSContext, error: QuickJSHandle): string {
  if (context.typeof(error) !== 'object') return context.getString(error);
  const [name, message, stack = ''] = ['name', 'message', 'stack'].map((key) => {
    const value = context.getProp(error, key);
    const text = context.typeof(value) === 'string' ? context.getString(value) : '';
    value.dispose();
    return text;
  });
  const text = [name, message].filter((part) => part !== '').join(': ') || 'it threw something';
  const line = LINE.exec(stack)?.[1];
  return line === undefined ? text : `${text} (line ${line})`;
}
