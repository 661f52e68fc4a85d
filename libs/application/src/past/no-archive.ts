import type { StateArchive } from '../ports/index.js';

/** Keeps nothing: states are rebuilt from the first event on. */
export const NO_ARCHIVE: StateArchive = {
  pastThing: async () => undefined,
  pastPolicy: async () => undefined,
};
