import type { AckLabel } from '@gemel/model/headers';
import type { JsonObject, JsonValue } from '@gemel/model/json';

/** The confirmation that a signal was processed, or that it was not. */
export interface Ack {
  readonly label: AckLabel;
  /** HTTP's; 2xx is success. */
  readonly status: number;
  readonly payload?: JsonValue | undefined;
  readonly headers: JsonObject;
}

export function isSuccess({ status }: Pick<Ack, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** Of one acknowledgement its own status, of several 200, or 424 when any of them failed (Ditto, "Acknowledgements"). */
export function combinedStatus(acks: readonly Ack[]): number {
  const [first, ...others] = acks;
  if (first !== undefined && others.length === 0) return first.status;
  return acks.every(isSuccess) ? 200 : 424;
}

/** Several acknowledgements as Ditto's JSON: by their labels, in the order they were asked for. */
export function acksJson(acks: readonly Ack[]): JsonObject {
  return Object.fromEntries(
    acks.map(({ label, status, payload, headers }) => [
      label,
      { status, ...(payload === undefined ? undefined : { payload }), headers },
    ]),
  );
}
