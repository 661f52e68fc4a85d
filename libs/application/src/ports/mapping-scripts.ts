import type { MappingScript, PayloadMapper } from '@gemel/model/mapping';

/** A script that is ready to map. What it throws, and what it takes too much of, is a MessageMappingFailed. */
export interface OpenScript extends PayloadMapper {
  /** Frees what it holds; it maps nothing afterwards. Idempotent. */
  close(): void;
}

/**
 * Runs scripts that users write. Each runs in a world of its own: it sees neither the process nor other scripts, and
 * one that loops, eats memory, recurses or throws harms nobody but its own messages. It keeps its global variables from
 * one message to the next, and loses them when it has to be begun again.
 */
export interface MappingScripts {
  /** @throws MessageMapperConfigFailed the script cannot be run at all: it has a syntax error, or throws at once */
  open(script: MappingScript, name: string): Promise<OpenScript>;
}
