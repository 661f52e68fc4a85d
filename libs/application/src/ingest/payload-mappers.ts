import { GemelError } from '@gemel/model/errors';
import { MAX_MAPPED_MESSAGES, MessageMappingFailed, checkIncoming } from '@gemel/model/mapping';
import type {
  IncomingMessage,
  OutgoingMessage,
  OutgoingSignal,
  PayloadMapper,
  PayloadMapping,
} from '@gemel/model/mapping';
import { holds } from '@gemel/model/placeholders';
import type { PlaceholderContext } from '@gemel/model/placeholders';
import type { Envelope } from '@gemel/model/protocol';
import type { MappingScripts, OpenScript } from '../ports/index.js';

/** What one mapper made of a message: one of the messages that it became, or why it became none. */
export type Mapped<Made> =
  | {
      readonly made: Made;
      /** Refusals that are no failures. */
      readonly isNoFailure?: (refusal: GemelError) => boolean;
    }
  | { readonly error: GemelError };

/**
 * The mappers of a connection, ready to map. Every mapper maps every message for which its conditions hold; what one
 * cannot map keeps no other from mapping it.
 */
export class PayloadMappers {
  /** For mappings without scripts. */
  static readonly builtIn = new PayloadMappers(new Map());

  private constructor(private readonly scripts: ReadonlyMap<PayloadMapping, OpenScript>) {}

  /**
   * Begins the scripts among the mappings, each once.
   * @param runner asked for when there is a script
   * @throws MessageMapperConfigFailed
   */
  static async open(
    mappings: Iterable<PayloadMapping>,
    runner: () => Promise<MappingScripts>,
  ): Promise<PayloadMappers> {
    const opened = new Map<PayloadMapping, OpenScript>();
    try {
      for (const mapping of new Set(mappings)) {
        if (mapping.mapper.kind !== 'script') continue;
        opened.set(mapping, await (await runner()).open(mapping.mapper.script, mapping.name));
      }
    } catch (error) {
      for (const script of opened.values()) script.close();
      throw error;
    }
    return new PayloadMappers(opened);
  }

  incoming(
    mappings: readonly PayloadMapping[],
    message: IncomingMessage,
    context: PlaceholderContext,
  ): readonly Mapped<Envelope>[] {
    const [only] = mappings;
    return mappings.length === 1 && only !== undefined
      ? this.#incoming(only, message, context)
      : mappings.flatMap((mapping) => this.#incoming(mapping, message, context));
  }

  #incoming(
    mapping: PayloadMapping,
    message: IncomingMessage,
    context: PlaceholderContext,
  ): readonly Mapped<Envelope>[] {
    const mapper = this.#mapper(mapping);
    if (mapper?.incoming === undefined) return [];
    const { incomingConditions } = mapping;
    const mapped = attempt(mapping, incomingConditions, context, () => {
      if (mapping.incomingSchema !== undefined) checkIncoming(mapping.incomingSchema, mapping.name, message.payload);
      return mapper.incoming?.(message, context) ?? [];
    });
    const { isNoFailure } = mapper;
    return isNoFailure === undefined
      ? mapped
      : mapped.map((one) => ('made' in one ? { made: one.made, isNoFailure } : one));
  }

  outgoing(
    mappings: readonly PayloadMapping[],
    signal: OutgoingSignal,
    context: PlaceholderContext,
  ): readonly Mapped<OutgoingMessage>[] {
    const [only] = mappings;
    return mappings.length === 1 && only !== undefined
      ? this.#outgoing(only, signal, context)
      : mappings.flatMap((mapping) => this.#outgoing(mapping, signal, context));
  }

  #outgoing(
    mapping: PayloadMapping,
    signal: OutgoingSignal,
    context: PlaceholderContext,
  ): readonly Mapped<OutgoingMessage>[] {
    const mapper = this.#mapper(mapping);
    if (mapper?.outgoing === undefined) return [];
    return attempt(mapping, mapping.outgoingConditions, context, () => mapper.outgoing?.(signal, context) ?? []);
  }

  /** Whether none of the mappings has anything to say of messages from the context's address. */
  isUnseen(mappings: readonly PayloadMapping[], context: PlaceholderContext): boolean {
    return !mappings.some((mapping) => this.#mapper(mapping)?.knows?.(context) === true);
  }

  close(): void {
    for (const script of this.scripts.values()) script.close();
  }

  #mapper(mapping: PayloadMapping): PayloadMapper | undefined {
    return mapping.mapper.kind === 'mapper' ? mapping.mapper.mapper : this.scripts.get(mapping);
  }
}

function attempt<Made>(
  { name }: PayloadMapping,
  conditions: PayloadMapping['incomingConditions'],
  context: PlaceholderContext,
  map: () => readonly Made[],
): readonly Mapped<Made>[] {
  try {
    if (!conditions.every((condition) => holds(condition, context))) return [];
    const all = map();
    if (all.length > MAX_MAPPED_MESSAGES) {
      throw new MessageMappingFailed(name, `it became ${all.length} messages; ${MAX_MAPPED_MESSAGES} may be`);
    }
    return all.map((made) => ({ made }));
  } catch (error) {
    if (error instanceof GemelError) return [{ error }];
    throw error;
  }
}
