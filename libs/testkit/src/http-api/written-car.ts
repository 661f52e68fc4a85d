import { call } from './call.js';
import type { Answer, CallOptions } from './call.js';
import { openHttpApi } from './open-http-api.js';
import type { OpenHttpApi } from './open-http-api.js';

/** The HTTP API and requests to the one thing that tests write; it is not there at first. */
export interface WrittenCar {
  readonly url: string;
  call(method: Parameters<typeof call>[1], path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** @param part of the car, from its slash on; '' for all of it */
  put(part: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  patch(part: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** What a part of the car is. */
  get(part?: string): Promise<unknown>;
}

export const CAR = '/api/2/things/org.example:car';

/** Anew for each test of the file. */
export function writtenCar(): WrittenCar {
  let api: OpenHttpApi;
  beforeEach(async () => {
    api = await openHttpApi();
  });
  afterEach(() => api.close());
  return {
    get url() {
      return api.url;
    },
    call: (...request) => call(api, ...request),
    put: (part, body, headers = {}) => call(api, 'PUT', CAR + part, body, { headers }),
    patch: (part, body, headers = {}) => call(api, 'PATCH', CAR + part, body, { headers }),
    get: async (part = '') => (await call(api, 'GET', CAR + part)).body,
  };
}

/** An answer that refuses. */
export function refusal(status: number, error: string) {
  return { status, body: { status, error } };
}
