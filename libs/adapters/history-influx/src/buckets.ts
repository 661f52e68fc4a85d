import { HttpError } from '@influxdata/influxdb-client';
import type { Logger } from '@gemel/application/ports';
import { isJsonArray, isJsonObject } from '@gemel/model/json';
import type { JsonValue } from '@gemel/model/json';
import { unavailable } from './influx-connection.js';
import type { InfluxConnection } from './influx-connection.js';
import { InfluxSettingsRefused } from './influx-settings-refused.js';

const SECONDS_PER_DAY = 86_400;
const SHORTEST_RETENTION_SECONDS = 3_600;

/** A bucket as it shall be. */
export interface WantedBucket {
  readonly name: string;
  /** 0 keeps everything; undefined leaves an existing bucket as it is. */
  readonly retentionSeconds: number | undefined;
}

/** @throws InfluxSettingsRefused */
export function retentionSeconds(days: number | undefined): number | undefined {
  if (days === undefined) return undefined;
  const seconds = Math.round(days * SECONDS_PER_DAY);
  if (seconds === 0 || seconds >= SHORTEST_RETENTION_SECONDS) return seconds;
  throw new InfluxSettingsRefused(
    `InfluxDB keeps points for an hour at least, not for ${days} days: set the retention to 0 (for ever) or 1 day or more`,
  );
}

/** Makes buckets, and the organization, where they are missing, and brings their retention up to date. */
export class Buckets {
  constructor(
    private readonly connection: InfluxConnection,
    private readonly address: { readonly url: string; readonly org: string },
    private readonly log: Logger,
  ) {}

  /**
   * The bucket's retention in seconds, 0 when it keeps everything.
   * @throws InfluxSettingsRefused the token or its permissions do not do
   * @throws HistoryUnavailable
   */
  async prepare(wanted: WantedBucket): Promise<number> {
    const bucket = await this.#findOrMake(
      () => this.#find(wanted.name),
      () => this.#make(wanted),
    );
    return this.#keep(bucket, wanted);
  }

  async #keep(bucket: FoundBucket, { name, retentionSeconds: wanted }: WantedBucket): Promise<number> {
    if (wanted === undefined || wanted === bucket.retentionSeconds) return bucket.retentionSeconds;
    await this.#ask(`change the retention of '${name}'`, `/api/v2/buckets/${bucket.id}`, 'PATCH', rules(wanted));
    this.log.info(
      { bucket: name, before: bucket.retentionSeconds, retentionSeconds: wanted },
      'changed the retention of a bucket in InfluxDB',
    );
    return wanted;
  }

  async #make({ name, retentionSeconds: wanted = 0 }: WantedBucket): Promise<FoundBucket> {
    const orgID = await this.#findOrMake(
      () => this.#findOrganization(),
      () => this.#createOrganization(),
    );
    const body = { orgID, name, ...rules(wanted) };
    const made = await this.#ask(`make the bucket '${name}'`, '/api/v2/buckets', 'POST', body);
    this.log.info({ bucket: name, retentionSeconds: wanted }, 'made a bucket in InfluxDB');
    return { id: idOf(made) ?? '', retentionSeconds: wanted };
  }

  /** Several replicas may start at the same time: what cannot be made may just have been made by another one. */
  async #findOrMake<T>(find: () => Promise<T | undefined>, make: () => Promise<T>): Promise<T> {
    const found = await find();
    if (found !== undefined) return found;
    try {
      return await make();
    } catch (error) {
      const madeByAnother = error instanceof InfluxSettingsRefused ? await find() : undefined;
      if (madeByAnother === undefined) throw error;
      return madeByAnother;
    }
  }

  async #find(name: string): Promise<FoundBucket | undefined> {
    const query = `org=${encodeURIComponent(this.address.org)}&name=${encodeURIComponent(name)}`;
    const answer = await this.#ask(`look for the bucket '${name}'`, `/api/v2/buckets?${query}`, 'GET');
    return bucketOf(firstOf(answer, 'buckets'));
  }

  async #findOrganization(): Promise<string | undefined> {
    const path = `/api/v2/orgs?org=${encodeURIComponent(this.address.org)}`;
    const found = firstOf(await this.#ask(`look for the organization '${this.address.org}'`, path, 'GET'), 'orgs');
    return idOf(found);
  }

  async #createOrganization(): Promise<string> {
    const { org: name } = this.address;
    const made = await this.#ask(`make the organization '${name}'`, '/api/v2/orgs', 'POST', { name });
    this.log.info({ org: name }, 'made an organization in InfluxDB');
    return idOf(made) ?? '';
  }

  /** Undefined when InfluxDB does not find what a GET asks for. */
  async #ask(
    purpose: string,
    path: string,
    method: 'GET' | 'POST' | 'PATCH',
    body?: object,
  ): Promise<JsonValue | undefined> {
    try {
      return await this.connection.request(path, { method }, body);
    } catch (error) {
      if (!(error instanceof HttpError) || error.statusCode >= 500 || error.statusCode === 429)
        throw unavailable(error);
      if (error.statusCode === 404 && method === 'GET') return undefined;
      throw new InfluxSettingsRefused(`${this.#advice(error.statusCode, method, purpose)} (${error.message})`, {
        cause: error,
      });
    }
  }

  #advice(status: number, method: string, purpose: string): string {
    const server = `InfluxDB at ${this.address.url}`;
    if (status === 401 && method === 'GET')
      return `${server} does not know the token: set the InfluxDB token to one of its API tokens`;
    if (status === 401 || status === 403) {
      return (
        `The InfluxDB token may not ${purpose} at ${this.address.url}: ` +
        'give it read and write access to the buckets of the organization, or make what is missing by hand'
      );
    }
    return `${server} refuses to ${purpose}: check the InfluxDB organization, bucket and retention`;
  }
}

interface FoundBucket {
  readonly id: string;
  readonly retentionSeconds: number;
}

function bucketOf(value: JsonValue | undefined): FoundBucket | undefined {
  const id = idOf(value);
  if (id === undefined || !isJsonObject(value)) return undefined;
  const retention = firstOf(value, 'retentionRules');
  return { id, retentionSeconds: isJsonObject(retention) ? Number(retention['everySeconds'] ?? 0) : 0 };
}

function idOf(value: JsonValue | undefined): string | undefined {
  const id = isJsonObject(value) ? value['id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

function firstOf(value: JsonValue | undefined, member: string): JsonValue | undefined {
  const list = isJsonObject(value) ? value[member] : undefined;
  return isJsonArray(list) ? list[0] : undefined;
}

function rules(seconds: number): object {
  return { retentionRules: [{ type: 'expire', everySeconds: seconds }] };
}
