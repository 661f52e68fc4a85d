/** What a refused caller is told; becomes Ditto's error JSON on every driving adapter. */
export interface ErrorText {
  readonly message: string;
  /** What to do about it. */
  readonly description?: string;
  /** Where more is to be read. */
  readonly href?: string;
}

/**
 * An expected refusal: stable Ditto-like code, HTTP status, message and hint.
 * Anything thrown that is not a GemelError is a bug and becomes a 500.
 */
export abstract class GemelError extends Error {
  abstract readonly code: string;
  abstract readonly status: number;
  readonly description: string | undefined;
  readonly href: string | undefined;
  /** Response headers that belong to the refusal, for example the current `etag` of a failed precondition. */
  headers: Readonly<Record<string, string>> = {};

  constructor(text: ErrorText, options?: ErrorOptions) {
    super(text.message, options);
    this.description = text.description;
    this.href = text.href;
  }

  /** Ditto's error object; absent members are left out. */
  toJson(): ErrorJson {
    return {
      status: this.status,
      error: this.code,
      message: this.message,
      ...(this.description === undefined ? {} : { description: this.description }),
      ...(this.href === undefined ? {} : { href: this.href }),
    };
  }
}

export interface ErrorJson {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly description?: string;
  readonly href?: string;
}

/** A class of errors that share a code and a status. */
export interface ErrorClass<Args extends readonly unknown[]> {
  new (...args: Args): GemelError;
  readonly code: string;
  readonly status: number;
}

/**
 * Makes an error class from its code, status and text.
 *
 *     export const ThingNotAccessible = defineError('things:thing.notfound', 404, (id: ThingId) => ({ message: … }));
 *     throw new ThingNotAccessible(id);
 */
export function defineError<Args extends readonly unknown[]>(
  code: string,
  status: number,
  text: (...args: Args) => ErrorText,
): ErrorClass<Args> {
  return class extends GemelError {
    static readonly code = code;
    static readonly status = status;
    override readonly name = code;
    readonly code = code;
    readonly status = status;

    constructor(...args: Args) {
      super(text(...args));
    }
  };
}
