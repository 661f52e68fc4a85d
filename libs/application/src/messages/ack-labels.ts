import { LIVE_RESPONSE, SEARCH_PERSISTED, TWIN_PERSISTED } from '@gemel/model/headers';

/** Those that something else acknowledges than a device. */
const OF_THE_TWIN = new Set([TWIN_PERSISTED, SEARCH_PERSISTED]);

export interface AskedAcknowledgements {
  readonly responseRequired: boolean;
  /** As the caller names them; undefined when it says nothing. */
  readonly requested: readonly string[] | undefined;
}

/**
 * The labels that a live signal waits for (Ditto, "Acknowledgements": a response is one, too). None when nobody waits.
 */
export function awaitedLabels({ responseRequired, requested }: AskedAcknowledgements): readonly string[] {
  if (requested === undefined) return responseRequired ? [LIVE_RESPONSE] : [];
  const labels = new Set(requested.filter((label) => !OF_THE_TWIN.has(label)));
  if (responseRequired) labels.add(LIVE_RESPONSE);
  else labels.delete(LIVE_RESPONSE);
  return [...labels];
}
