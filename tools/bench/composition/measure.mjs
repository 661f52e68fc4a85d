// What is done with compositions over HTTP, and the same by one request for each twin of the things API.
import { Agent, request } from 'node:http';

const HEADERS = { authorization: `Basic ${btoa('ditto:ditto')}`, 'content-type': 'application/json' };
const CONTENT = {
  policyId: 'bench:policy',
  attributes: { name: 'A part', maker: 'Example Inc.', position: { x: 1.5, y: 2.5 } },
  features: { temperature: { properties: { value: 21.5, unit: 'Cel' } }, state: { properties: { on: true } } },
};
/** Counts by level: 1 + 9 + 90 + 900 twins, and 9,000 more. */
const SMALL = [9, 10, 10];
const LARGE = [9, 10, 10, 10];
const TYPES = 5_000;
const LINKS = 200;
const CREATED_AT_ONCE = 32;
/** So many of the 10,000 twins are read one by one; the time is scaled up. */
const NAIVE_READS = 1_000;
const agent = new Agent({ keepAlive: true, maxSockets: CREATED_AT_ONCE });

/**
 * Measures one server. `rounds` of everything that changes and of the reads; medians in milliseconds.
 * @param urls of the twin API and of the composition, which one process has both
 * @param options `settled` waits until nothing is done in the background, `cpu` tells what the composition used so far, in ms
 */
export async function measureComposition({ things, composition }, { rounds, settled, cpu }) {
  const send = (method, path, body, url = composition) => exchange(new URL(`/api/2${path}`, url), method, body);
  const inThings = (method, path, body) => send(method, path, body, things);
  await inThings('PUT', '/policies/bench:policy', { entries: { owner: policyEntry() } });
  await createTypes(inThings, 'small', SMALL);
  await createTypes(inThings, 'large', LARGE);

  const rows = [];
  const add = async (what, target, count, action) => {
    const before = cpu();
    const times = await timesOf(count, action);
    rows.push({ what, target, ms: median(times), cpuMs: (cpu() - before) / count });
    console.error(`${what}: ${Math.round(median(times))} ms`);
  };
  await add('instantiate 1,000 twins, depth 4', 'instantiate', rounds, (round) =>
    send('POST', '/types/bench:small0/instances', { thingId: `made:${round}` }),
  );
  rows.at(-1).naive = await timed(() => createOneByOne(inThings, 'naive'));
  await settled();
  await add('duplicate them', '', rounds, (round) =>
    send('POST', `/twins/made:${round}/duplicate`, { thingId: `copy:${round}` }),
  );
  await settled();
  await add('move them', '', rounds, (round) => send('POST', `/twins/copy:${round}/move`, { parent: `made:${round}` }));
  await add('plan to delete 2,000 twins', '', rounds, (round) =>
    send('DELETE', `/twins/made:${round}?tree=true&dryRun=true`),
  );
  await add('delete 2,000 twins', '', rounds, (round) => send('DELETE', `/twins/made:${round}?tree=true`));

  await createLarge(send);
  await settled();
  const large = (path) => () => send('GET', `/twins/made:large/${path}`);
  const first = await timed(large('tree'));
  await settled();
  await add('tree of 10,000 twins', 'tree', rounds * 3, large('tree'));
  rows.at(-1).first = first;
  rows.at(-1).naive = (10_000 / NAIVE_READS) * (await timed(() => readOneByOne(inThings, 'made:large')));
  await add('the same, thing IDs only', '', rounds * 3, large('tree?fields=thingId'));
  const filtered = 'descendants?filter=eq(attributes/type,"bench:large2")';
  await add('descendants by RQL, a page of 25', '', rounds * 3, large(filtered));
  await add('ancestors of one, 4 levels up', '', rounds * 3, () =>
    send('GET', `/twins/${deepest('made:large', LARGE)}/ancestors`),
  );
  await measureLinks(send, inThings, settled, add);
  return rows;
}

/** Links of random pairs in a large graph, the later one below the earlier one. */
async function measureLinks(send, inThings, settled, add) {
  await manyTypes(inThings);
  await settled();
  const random = randomNumbers(7);
  await add(`link a type in a graph of ${TYPES.toLocaleString('en-US')} types`, 'link', LINKS, async () => {
    const [low, high] = [random(TYPES), random(TYPES)].toSorted((a, b) => a - b);
    if (low !== high) await send('PUT', `/types/graph:${low}/children/graph:${high}`, { count: 2 });
  });
}

export function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function policyEntry() {
  const all = { grant: ['READ', 'WRITE'], revoke: [] };
  return {
    subjects: { 'nginx:ditto': { type: 'bench' } },
    resources: { 'thing:/': all, 'policy:/': all, 'message:/': all },
  };
}

async function createTypes(send, name, counts) {
  for (let level = 0; level <= counts.length; level++) {
    const parents = level === 0 ? {} : { _parents: { [`bench:${name}${level - 1}`]: counts[level - 1] } };
    await send('PUT', `/things/bench:${name}${level}`, {
      ...CONTENT,
      attributes: { ...CONTENT.attributes, _isType: true, ...parents },
    });
  }
}

/** In parts, since 10,000 twins are more than one commit takes on MongoDB. */
async function createLarge(send) {
  await send('POST', '/types/bench:large0/instances', { thingId: 'made:large', children: { 'bench:large1': 0 } });
  for (let index = 1; index <= LARGE[0]; index++) {
    const part = { thingId: `made:large:large1_${index}`, parent: 'made:large' };
    await send('POST', '/types/bench:large1/instances', part);
  }
}

/** As a client does that knows the things API only. */
async function createOneByOne(send, namespace, counts = SMALL) {
  let parents = [undefined];
  for (let level = 0; level <= counts.length; level++) {
    const next = [];
    for (const parent of parents) {
      for (let index = 1; index <= (level === 0 ? 1 : counts[level - 1]); index++) {
        const id = parent === undefined ? `${namespace}:root` : `${parent}:part_${index}`;
        const attributes = {
          ...CONTENT.attributes,
          type: `bench:small${level}`,
          ...(parent === undefined ? {} : { _parents: parent }),
        };
        await send('PUT', `/things/${id}`, { ...CONTENT, attributes });
        next.push(id);
      }
    }
    parents = next;
  }
}

/** One search for the children of each twin, of the first thousand. */
async function readOneByOne(send, root) {
  const pending = [root];
  for (let index = 0; index < NAIVE_READS; index++) {
    const id = pending[index];
    const page = await send('GET', `/search/things?filter=eq(attributes/_parents,"${id}")&option=size(200)`);
    for (const { thingId } of JSON.parse(page).items) pending.push(thingId);
  }
}

/** Each but the first ones has two parents among those before it: ten levels or more. */
async function manyTypes(send) {
  const random = randomNumbers(1);
  let next = 0;
  const create = async () => {
    while (next < TYPES) {
      const index = next++;
      const parents = index < 10 ? {} : { [`graph:${random(index)}`]: 1, [`graph:${random(index)}`]: 2 };
      await send('PUT', `/things/graph:${index}`, { ...CONTENT, attributes: { _isType: true, _parents: parents } });
    }
  };
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, create));
}

function deepest(root, counts) {
  let id = root;
  for (let level = 1; level <= counts.length; level++) id += `:large${level}_1`;
  return id;
}

/** The same in each run. */
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state % below;
  };
}

async function timesOf(rounds, action) {
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(() => action(round)));
  return times;
}

async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

function exchange(url, method, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: HEADERS, agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode < 300) resolve(text);
        else reject(new Error(`${method} ${url}: ${response.statusCode} ${text.slice(0, 500)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
