import { randomUUID } from 'node:crypto';
import { requiredVariable } from '@gemel/testkit/network';

/** A bucket of a test's own, on the InfluxDB of the environment. */
export interface Bucket {
  readonly name: string;
  /** Rows of all tables of a Flux query, by column. */
  query(flux: string): Promise<readonly Readonly<Record<string, string>>[]>;
  remove(): Promise<void>;
}

async function ask(method: string, path: string, contentType: string, body?: string): Promise<string> {
  const response = await fetch(new URL(path, requiredVariable('INFLUXDB_URL')), {
    method,
    headers: { authorization: `Token ${requiredVariable('INFLUXDB_TOKEN')}`, 'content-type': contentType },
    ...(body === undefined ? undefined : { body }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
  return text;
}

export async function createBucket(): Promise<Bucket> {
  const name = `gemel-test-${randomUUID().slice(0, 8)}`;
  const org = requiredVariable('INFLUXDB_ORG');
  const orgs = parseOrgs(await ask('GET', `/api/v2/orgs?org=${encodeURIComponent(org)}`, 'application/json'));
  const made = await ask('POST', '/api/v2/buckets', 'application/json', JSON.stringify({ name, orgID: orgs[0]?.id }));
  const { id } = parseId(made);
  return {
    name,
    query: async (flux) => {
      const csv = await ask('POST', `/api/v2/query?org=${encodeURIComponent(org)}`, 'application/vnd.flux', flux);
      return csv.split(/\r?\n\r?\n/).flatMap(rowsOf);
    },
    remove: async () => {
      await ask('DELETE', `/api/v2/buckets/${id}`, 'application/json');
    },
  };
}

/** Of one table, without annotations; no value of these tests has a comma in it. */
function rowsOf(table: string): readonly Readonly<Record<string, string>>[] {
  const [header, ...lines] = table.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const columns = header?.split(',') ?? [];
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

function parseOrgs(text: string): readonly { readonly id: string }[] {
  return (JSON.parse(text) as { readonly orgs: readonly { readonly id: string }[] }).orgs;
}

function parseId(text: string): { readonly id: string } {
  return JSON.parse(text) as { readonly id: string };
}
