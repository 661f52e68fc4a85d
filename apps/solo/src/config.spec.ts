import { ConfigurationInvalid, readSettings } from './config.js';

function faultsOf(environment: Record<string, string>): string {
  try {
    readSettings(environment);
    return '';
  } catch (error) {
    if (error instanceof ConfigurationInvalid) return error.message;
    throw error;
  }
}

describe('readSettings', () => {
  it('needs nothing: every setting has a default', () => {
    const settings = readSettings({ PATH: '/bin' });
    expect(settings.GEMEL_HTTP_HOST).toBe('127.0.0.1');
    expect(settings.GEMEL_HTTP_PORT).toBe(8080);
    expect(settings.GEMEL_USERS).toEqual([
      { name: 'ditto', password: 'ditto', operator: false },
      { name: 'devops', password: 'foobar', operator: true },
    ]);
  });

  it('lists all faults at once, unknown names among them', () => {
    const faults = faultsOf({
      GEMEL_HTTP_PORT: '70000',
      GEMEL_LOG_LEVEL: 'loud',
      GEMEL_HTTP_PROT: '1',
      GEMEL_USERS: 'a:b:c',
    });
    for (const name of ['GEMEL_HTTP_PORT', 'GEMEL_LOG_LEVEL', 'GEMEL_HTTP_PROT', 'GEMEL_USERS'])
      expect(faults).toContain(name);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'localhost.example.org'])('refuses default passwords on %s', (host) => {
    expect(faultsOf({ GEMEL_HTTP_HOST: host })).toMatch(/default password of 'ditto' and 'devops' is refused/);
    expect(faultsOf({ GEMEL_MQTT_HOST: host })).toMatch(/GEMEL_MQTT_HOST/);
    expect(faultsOf({ GEMEL_HTTP_HOST: host, GEMEL_USERS: 'ditto:secret' })).toBe('');
  });

  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])('allows default passwords on %s', (host) => {
    expect(faultsOf({ GEMEL_HTTP_HOST: host })).toBe('');
  });

  it('never repeats a password in a fault', () => {
    expect(faultsOf({ GEMEL_USERS: 'ann:s3cret:chief,bob:hush:x:y' })).not.toMatch(/s3cret|hush/);
  });

  it('reads percent-encoded passwords', () => {
    expect(readSettings({ GEMEL_USERS: 'ann:a%3Ab%2Cc' }).GEMEL_USERS[0]?.password).toBe('a:b,c');
  });
});
