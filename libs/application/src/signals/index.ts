export type { Preconditions, SignalContext } from './context.js';
