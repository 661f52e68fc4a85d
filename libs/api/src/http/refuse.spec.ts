import type { LogFields } from '@gemel/application/ports';
import { refuse } from './refuse.js';

const errors: LogFields[] = [];
const ignore = (): void => undefined;
const log = { error: (fields: LogFields) => void errors.push(fields), warn: ignore, info: ignore, debug: ignore };
const failure = {
  route: { method: 'PUT', path: '/a' },
  request: { header: () => undefined, correlationId: 'c' },
  maxBodyBytes: 1,
} as const;
const reset = (message: string) => Object.assign(new Error(message), { code: 'ECONNRESET' });

describe('a refusal', () => {
  beforeEach(() => errors.splice(0));

  it('of a body whose sender has gone is no mistake of the server', () => {
    expect(refuse({ ...failure, error: reset('aborted') }, { uuid: () => 'u' }, log).status).toBe(408);
    expect(errors).toEqual([]);
  });

  it('is a mistake of the server when another connection breaks', () => {
    expect(refuse({ ...failure, error: reset('read ECONNRESET') }, { uuid: () => 'u' }, log).status).toBe(500);
    expect(errors).toMatchObject([{ errorId: 'u', correlationId: 'c' }]);
  });
});
