import { readSettings } from './config.js';

describe('the settings of solo', () => {
  it('need nothing: each has a default', () => {
    const settings = readSettings({ PATH: '/bin' });
    expect(settings.GEMEL_HTTP_HOST).toBe('127.0.0.1');
    expect(settings.GEMEL_HTTP_PORT).toBe(8080);
    expect(settings.GEMEL_USERS).toEqual([
      { name: 'ditto', password: 'ditto', role: 'user' },
      { name: 'devops', password: 'foobar', role: 'operator' },
      { name: 'devops', password: 'status', role: 'status' },
    ]);
  });

  it.each(['GEMEL_HTTP_HOST', 'GEMEL_MQTT_HOST'])('hold no default password when %s is not this machine', (name) => {
    expect(() => readSettings({ [name]: '0.0.0.0' })).toThrow(new RegExp(`default password .* because ${name} is`));
    expect(() => readSettings({ [name]: '0.0.0.0', GEMEL_USERS: 'ann:secret' })).not.toThrow();
  });
});
