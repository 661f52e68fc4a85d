import type { Logger } from '@gemel/application/ports';
import { Buckets, retentionSeconds } from './buckets.js';
import { InfluxConnection } from './influx-connection.js';
import type { InfluxAddress } from './influx-connection.js';
import { InfluxHistory } from './influx-history.js';
import { PointFaults } from './point-faults.js';
import { SeriesDictionary } from './series-dictionary.js';

export interface InfluxHistoryOptions extends InfluxAddress {
  /** The points; the dictionary is in `‹bucket›_gemel` beside it. Both are made when missing, and so is the organization. */
  readonly bucket: string;
  /**
   * Days that points are kept, an hour at least; 0 keeps them for ever. Undefined leaves an existing bucket as it is and
   * makes one that keeps them for ever.
   */
  readonly retentionDays?: number | undefined;
  readonly log: Logger;
  /** Milliseconds since 1970, for the retention. */
  readonly now: () => number;
}

const MICROS_PER_SECOND = 1_000_000;
/** InfluxDB refuses points that are too old by its own clock, and with them hides what else is wrong. */
const CLOCKS_APART_MICROS = 60 * MICROS_PER_SECOND;

/**
 * Opens the time series in an InfluxDB that answers.
 * @throws InfluxSettingsRefused a setting must be changed; the message says which
 * @throws HistoryUnavailable InfluxDB does not answer; the same may be tried again
 */
export async function openInfluxHistory(options: InfluxHistoryOptions): Promise<InfluxHistory> {
  const { bucket, log, now } = options;
  const wanted = retentionSeconds(options.retentionDays);
  const connection = new InfluxConnection(options);
  try {
    const buckets = new Buckets(connection, options, log);
    const kept = await buckets.prepare({ name: bucket, retentionSeconds: wanted });
    const dictionaryBucket = `${bucket}_gemel`;
    await buckets.prepare({ name: dictionaryBucket, retentionSeconds: 0 });
    const earliest = () => (kept === 0 ? -Infinity : now() * 1_000 - kept * MICROS_PER_SECOND + CLOCKS_APART_MICROS);
    return new InfluxHistory(
      { connection, bucket, earliest },
      new SeriesDictionary(connection, dictionaryBucket),
      new PointFaults(log),
    );
  } catch (error) {
    connection.close();
    throw error;
  }
}
