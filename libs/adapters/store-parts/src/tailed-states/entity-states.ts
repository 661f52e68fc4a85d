import type { StateDocuments } from './state-documents.js';
import { StateReader } from './state-reader.js';
import type { StateReaderParts } from './state-reader.js';

/** Documents written at once: nobody who commits or reads meanwhile waits for all of them. */
const PORTION = 250;

export interface EntityStatesParts<State extends { readonly revision: number }> extends StateReaderParts<State> {
  readonly documents: StateDocuments<State>;
}

/** The current states of one kind of entity: a document each, which follows the log and never goes back. */
export class EntityStates<State extends { readonly revision: number }> {
  readonly reader: StateReader<State>;

  constructor(private readonly parts: EntityStatesParts<State>) {
    this.reader = new StateReader(parts);
  }

  /** Writes committed states, the last one of each entity. @throws StoreUnavailable */
  async write(states: ReadonlyMap<string, State>): Promise<void> {
    // In one order everywhere, so that two replicas do not wait for each other.
    const inOrder = [...states].sort(([a], [b]) => (a < b ? -1 : 1));
    for (let from = 0; from < inOrder.length; from += PORTION) {
      await this.parts.documents.write(inOrder.slice(from, from + PORTION));
    }
  }
}
