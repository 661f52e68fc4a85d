import { call } from './call.js';
import type { Answer } from './call.js';
import { openHttpApi } from './open-http-api.js';
import type { OpenHttpApi } from './open-http-api.js';

type Verb = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** The answer to a planned change. */
export interface SeenPlan {
  readonly dryRun: boolean;
  readonly created: readonly { readonly thingId: string }[];
  readonly changed: readonly object[];
  readonly deleted: readonly string[];
  readonly conflicts: readonly { readonly thingId: string; readonly error: string; readonly status: number }[];
  readonly surplus?: readonly string[];
}

/**
 * The HTTP API with a type `t:car` of two `t:axle` of two `t:wheel` each. Of policies, `p:shared` lets the user `other` read,
 * `p:open` write, too, and `p:own` neither.
 */
export interface VehicleTypes {
  readonly url: string;
  /** Below `/api/2/`. */
  send(verb: Verb, path: string, body?: unknown, user?: string): Promise<Answer>;
  put(path: string, body: unknown): Promise<void>;
  /** IDs of all twins. */
  twins(): Promise<readonly string[]>;
  /** Where the log ends. */
  commits(): Promise<number>;
}

/** Anew for each test of the file. */
export function vehicleTypes(): VehicleTypes {
  let api: OpenHttpApi;
  const send: VehicleTypes['send'] = (verb, path, body, user = 'ditto') =>
    call(api, verb, `/api/2/${path}`, body, { user });
  const put: VehicleTypes['put'] = async (path, body) => {
    const { status, text } = await send('PUT', path, body);
    if (status !== 201 && status !== 204) throw new Error(`PUT ${path}: ${String(status)} ${text}`);
  };
  beforeEach(async () => {
    api = await openHttpApi();
    await put('policies/p:shared', { entries: { owner, reader } });
    await put('policies/p:own', { entries: { owner } });
    await put('policies/p:open', { entries: { owner, writer } });
    const features = { gps: { properties: { latitude: 1, unit: 'deg' } } };
    await put('things/t:car', vehicleType(undefined, { features }));
    await put('things/t:axle', vehicleType({ 't:car': 2 }));
    await put('things/t:wheel', vehicleType({ 't:axle': 2 }));
  });
  afterEach(() => api.close());
  return {
    get url() {
      return api.url;
    },
    send,
    put,
    twins: async () => {
      const { body } = await send('GET', 'twins?option=size(200)&fields=thingId');
      return idsOf((body as { items: unknown }).items);
    },
    commits: () => api.store.end(),
  };
}

const all = { grant: ['READ', 'WRITE'], revoke: [] };
const reads = { grant: ['READ'], revoke: [] };
const entryOf = (user: string, resources: object) => ({ subjects: { [`nginx:${user}`]: { type: 'test' } }, resources });
const owner = entryOf('ditto', { 'thing:/': all, 'policy:/': all });
const reader = entryOf('other', { 'thing:/': reads });
const writer = entryOf('other', { 'thing:/': all, 'policy:/': reads });

/** A type of cars and their parts, with the counts that each parent has of it. */
export function vehicleType(parents?: object, more: object = {}): object {
  return {
    policyId: 'p:shared',
    attributes: { _isType: true, ...(parents === undefined ? {} : { _parents: parents }) },
    ...more,
  };
}

export function planIn({ body }: Answer): SeenPlan {
  return body as unknown as SeenPlan;
}

export function idsOf(list: unknown): readonly string[] {
  return (list as { thingId: string }[]).map(({ thingId }) => thingId);
}

/** What is made of a car, in the order of plans. */
export const CAR_PARTS: readonly string[] = ['x:car', 'x:car:axle_1', 'x:car:axle_2'].concat(
  ['x:car:axle_1', 'x:car:axle_2'].flatMap((axle) => [`${axle}:wheel_1`, `${axle}:wheel_2`]),
);
