/** What a store holds in memory just now, for operators; a hint, never exact. */
export interface HeldEntities {
  /** Counts by namespace. */
  held(): Readonly<Record<'thing' | 'policy', Readonly<Record<string, number>>>>;
}
