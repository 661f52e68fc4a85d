import { z } from 'zod';
import {
  ConfigurationInvalid,
  accessSettings,
  httpSettings,
  logSettings,
  readSettings,
  refuseWellKnownPasswords,
} from './index.js';

const schema = z
  .object({ ...httpSettings(8080), ...accessSettings, ...logSettings, GEMEL_OTHER_HOST: z.string() })
  .superRefine(({ GEMEL_USERS, GEMEL_HTTP_HOST, GEMEL_OTHER_HOST }, context) => {
    refuseWellKnownPasswords(GEMEL_USERS, { GEMEL_HTTP_HOST, GEMEL_OTHER_HOST }, context);
  });

function faultsOf(environment: Record<string, string>): string {
  try {
    readSettings(schema, environment);
    return '';
  } catch (error) {
    if (error instanceof ConfigurationInvalid) return error.message;
    throw error;
  }
}

const own = { GEMEL_OTHER_HOST: 'localhost' };

describe('readSettings', () => {
  it('says of a setting without a default that it must be set', () => {
    expect(faultsOf({})).toBe('GEMEL_OTHER_HOST: it must be set');
  });

  it('lists all faults at once, unknown names among them', () => {
    const faults = faultsOf({
      GEMEL_HTTP_PORT: '70000',
      GEMEL_LOG_LEVEL: 'loud',
      GEMEL_HTTP_PROT: '1',
      GEMEL_USERS: 'a:b:c',
    });
    const names = ['GEMEL_HTTP_PORT', 'GEMEL_LOG_LEVEL', 'GEMEL_HTTP_PROT', 'GEMEL_USERS', 'GEMEL_OTHER_HOST'];
    for (const name of names) expect(faults).toContain(`${name}: `);
  });

  it('leaves alone what does not begin with GEMEL_', () => {
    expect(readSettings(schema, { ...own, PATH: '/bin' }).GEMEL_HTTP_PORT).toBe(8080);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'localhost.example.org'])('refuses default passwords on %s', (host) => {
    expect(faultsOf({ ...own, GEMEL_HTTP_HOST: host })).toMatch(
      /^GEMEL_USERS: the default password of 'ditto' and 'devops' is refused because GEMEL_HTTP_HOST is /,
    );
    expect(faultsOf({ GEMEL_OTHER_HOST: host })).toMatch(/GEMEL_OTHER_HOST/);
    expect(faultsOf({ ...own, GEMEL_HTTP_HOST: host, GEMEL_USERS: 'ditto:secret' })).toBe('');
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('allows default passwords on %s', (host) => {
    expect(faultsOf({ ...own, GEMEL_HTTP_HOST: host })).toBe('');
  });

  it('never repeats a password in a fault', () => {
    expect(faultsOf({ ...own, GEMEL_USERS: 'ann:s3cret:chief,bob:hush:x:y' })).not.toMatch(/s3cret|hush/);
  });

  it('reads percent-encoded passwords', () => {
    expect(readSettings(schema, { ...own, GEMEL_USERS: 'ann:a%3Ab%2Cc' }).GEMEL_USERS[0]?.password).toBe('a:b,c');
  });
});
