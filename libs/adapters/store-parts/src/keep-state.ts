import { estimateBytes } from './estimate-bytes.js';
import type { StateCache } from './state-cache.js';

/** Revisions from one estimate of a state's size in memory to the next; making the text alone costs more than the change. */
const ESTIMATED_EVERY = 16;

/** Keeps the next state of an entity in memory, and answers its estimated size, which changes little from one revision to the next. */
export function keepState<State extends { readonly revision: number }>(
  cache: StateCache<State>,
  id: string,
  state: State,
  contentOf: (state: State) => object,
): number {
  const known = state.revision % ESTIMATED_EVERY === 0 ? undefined : cache.bytesOf(id);
  const bytes = known ?? estimateBytes(JSON.stringify(contentOf(state)));
  cache.set(id, state, bytes);
  return bytes;
}
