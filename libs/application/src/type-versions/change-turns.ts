import type { SignalContext } from '../signals/index.js';

/** Runs changes of the composition one after the other, between processes too. */
export interface ChangeTurns {
  run<T>(context: SignalContext, change: (context: SignalContext) => Promise<T>): Promise<T>;
}
