import type { ThingId } from '@gemel/model/ids';
import type { JsonPointer, JsonValue } from '@gemel/model/json';

/** What became of a thing command. */
export interface ThingReply {
  readonly outcome: 'created' | 'modified' | 'deleted' | 'retrieved';
  readonly thingId: ThingId;
  readonly path: JsonPointer;
  /** The created or retrieved value; absent for `modified` and `deleted`. */
  readonly value?: JsonValue;
  /** `value` as JSON text, when it is at hand. */
  readonly json?: string | undefined;
  /** The thing's revision after the command. */
  readonly revision: number;
  /** Entity tag of what `path` addresses, quotes included; absent when it is gone or has none. */
  readonly etag?: string | undefined;
  /** Further headers of the response, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
