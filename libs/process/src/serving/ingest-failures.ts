import type { IngestFailures } from '@gemel/api/operations';
import type { FailureLog } from '@gemel/application/ingest';
import { formatInstant } from '@gemel/model/time';

/** The log of failures as an operator reads it. */
export function ingestFailures(failures: FailureLog): IngestFailures {
  return {
    recent: () =>
      failures.recent().map(({ time, ...failure }) => {
        const { correlationId, traceId, thingId, ...rest } = failure;
        return {
          time: formatInstant(time),
          ...rest,
          ...(correlationId === undefined ? {} : { correlationId }),
          ...(traceId === undefined ? {} : { traceId }),
          ...(thingId === undefined ? {} : { thingId }),
        };
      }),
  };
}
