/** States as they are stored: a document for each entity, written behind the log. */
export interface StateDocuments<State> {
  /** Those that there are, by id. @throws StoreUnavailable */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, State>>;

  /** Writes each unless one of the same or a later revision is there. @throws StoreUnavailable */
  write(states: readonly (readonly [id: string, state: State])[]): Promise<void>;
}
