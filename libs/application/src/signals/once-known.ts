import type { Awaitable } from '../ports/index.js';

/** Goes on at once with what is there at once. Throws what `next` throws then. */
export function onceKnown<T, Next>(known: Awaitable<T>, next: (value: T) => Awaitable<Next>): Awaitable<Next> {
  return known instanceof Promise ? known.then(next) : next(known);
}
