import type { Connection, Source } from '@gemel/model/connections';

export interface AddressedSource {
  readonly address: string;
  readonly source: Source;
  /** Of the source in the connection. */
  readonly index: number;
}

/** Every address once: the first source that has it takes what comes on it. */
export function sourcesByAddress({ sources }: Pick<Connection, 'sources'>): ReadonlyMap<string, AddressedSource> {
  const found = new Map<string, AddressedSource>();
  for (const [index, source] of sources.entries()) {
    for (const address of source.addresses) if (!found.has(address)) found.set(address, { address, source, index });
  }
  return found;
}
