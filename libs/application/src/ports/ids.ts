/** Fresh identifiers: a random UUID (RFC 9562, version 4) in lower case. */
export interface IdSource {
  uuid(): string;
}
