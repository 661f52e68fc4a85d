import type { ThingId } from '@gemel/model/ids';
import type { JsonPointer } from '@gemel/model/json';
import type { ApiRequest, Reply } from '../http/index.js';

/** Opens streams of changes, by the other parameters of the request. */
export interface ThingStreams {
  /**
   * @param scope things to watch, all when absent, and what of them is shown
   * @throws GemelError before the stream begins
   */
  open(
    request: ApiRequest,
    scope: { readonly ids?: readonly ThingId[] | undefined; readonly pointer?: JsonPointer | undefined },
  ): Reply | Promise<Reply>;
}
