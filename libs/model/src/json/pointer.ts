/** A JSON pointer (RFC 6901) as its decoded segments; empty addresses the whole document. */
export type JsonPointer = readonly string[];
