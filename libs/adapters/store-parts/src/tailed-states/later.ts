/** Begins something after milliseconds; 0 is when everything else of this turn of the event loop has had its turn. */
export type Later = (ms: number, begin: () => void) => void;

/** The event loop and timers of Node. */
export const laterInNode: Later = (ms, begin) => {
  if (ms === 0) setImmediate(begin);
  else setTimeout(begin, ms);
};
