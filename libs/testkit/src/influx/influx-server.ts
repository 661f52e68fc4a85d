import { randomUUID } from 'node:crypto';
import { requiredVariable } from '../network/index.js';

/** The InfluxDB that the tests run against, past the adapter under test. */
export interface InfluxServer {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  /** A request below `/api/v2/`; a body that is no string goes as JSON. */
  api(method: string, path: string, body?: unknown): Promise<Response>;
  /** The answer to `from(bucket) |> range(start: 0) |> ‹pipeline›` as CSV without annotations. */
  flux(bucket: string, pipeline: string): Promise<string>;
  /** Undefined when there is none of that name. */
  bucket(name: string): Promise<InfluxBucket | undefined>;
  /** A bucket name that nobody has; what is made under it goes by `removeBucket`. */
  newBucketName(): string;
  /** With the dictionary beside it. */
  removeBucket(name: string): Promise<void>;
}

export interface InfluxBucket {
  readonly id: string;
  readonly retentionRules: readonly { readonly everySeconds: number }[];
}

/** From INFLUXDB_URL, INFLUXDB_TOKEN and INFLUXDB_ORG. @throws Error when one is missing */
export function influxServer(): InfluxServer {
  const [url, token, org] = [
    requiredVariable('INFLUXDB_URL'),
    requiredVariable('INFLUXDB_TOKEN'),
    requiredVariable('INFLUXDB_ORG'),
  ];
  const api: InfluxServer['api'] = (method, path, body) =>
    fetch(`${url}/api/v2/${path}`, {
      method,
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const bucket: InfluxServer['bucket'] = async (name) => {
    const { buckets = [] } = parseBuckets(await (await api('GET', `buckets?org=${org}&name=${name}`)).json());
    return buckets[0];
  };
  return {
    url,
    token,
    org,
    api,
    bucket,
    flux: async (name, pipeline) => {
      const query = `from(bucket: "${name}") |> range(start: 0) |> ${pipeline}`;
      const dialect = { annotations: [], header: true };
      return (await api('POST', `query?org=${org}`, { query, type: 'flux', dialect })).text();
    },
    newBucketName: () => `influx_${randomUUID()}`,
    removeBucket: async (name) => {
      for (const part of [name, `${name}_gemel`]) {
        const id = (await bucket(part))?.id;
        if (id !== undefined) await api('DELETE', `buckets/${id}`);
      }
    },
  };
}

function parseBuckets(answer: unknown): { readonly buckets?: readonly InfluxBucket[] } {
  return answer as { readonly buckets?: readonly InfluxBucket[] };
}
