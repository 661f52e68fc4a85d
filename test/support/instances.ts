import { call } from './api.js';
import type { Answer } from './api.js';

/** A Gemel that has the composition and the things API. */
export interface Reachable {
  readonly http: string;
}

/** Twins that an instance of the type has, the root included. */
export const TWINS_OF_INSTANCE = 1 + 2 + 2 * 3;

/** Types `<namespace>:plant`, `:line` (2) and `:robot` (3), one below the other. */
export async function createPlantTypes(things: Reachable, namespace: string): Promise<void> {
  const policy = `${namespace}:policy`;
  const rights = { grant: ['READ', 'WRITE'], revoke: [] };
  const owner = { subjects: { 'nginx:ditto': { type: 'test' } }, resources: { 'thing:/': rights, 'policy:/': rights } };
  const put = async (path: string, body: unknown) => {
    const answer = await call(things, 'PUT', `/api/2/${path}`, body);
    expect(answer.status).toBe(201);
  };
  await put(`policies/${policy}`, { entries: { owner } });
  const type = (name: string, parents?: object) =>
    put(`things/${namespace}:${name}`, {
      policyId: policy,
      attributes: { _isType: true, ...(parents === undefined ? {} : { _parents: parents }) },
      features: { state: { properties: { on: false } } },
    });
  await type('plant');
  await type('line', { [`${namespace}:plant`]: 2 });
  await type('robot', { [`${namespace}:line`]: 3 });
}

/** Makes an instance; undefined when there is no answer. */
export async function instantiate(at: Reachable, namespace: string, name: string): Promise<Answer | undefined> {
  const body = { thingId: `${namespace}:${name}` };
  return call(at, 'POST', `/api/2/types/${namespace}:plant/instances`, body).catch(() => undefined);
}

/** How many twins there are of each instance whose name begins like this. */
export async function twinsByInstance(
  at: Reachable,
  namespace: string,
  prefix: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let option = 'size(200)'; option !== '';) {
    const filter = `like(thingId,"${namespace}:${prefix}*")`;
    const query = `filter=${encodeURIComponent(filter)}&fields=thingId&option=${encodeURIComponent(option)}`;
    const { status, body } = await call(at, 'GET', `/api/2/twins?${query}`);
    expect(status).toBe(200);
    const { items, cursor } = body as { items: readonly { thingId: string }[]; cursor?: string };
    for (const { thingId } of items) {
      const name = thingId.split(':')[1] ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    option = cursor === undefined ? '' : `size(200),cursor(${cursor})`;
  }
  return counts;
}
