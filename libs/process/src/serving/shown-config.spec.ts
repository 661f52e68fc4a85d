import { shownConfig } from './shown-config.js';

const settings = {
  GEMEL_HTTP_PORT: 8080,
  GEMEL_USERS: [{ name: 'ditto', password: 'geheim' }],
  GEMEL_MONGODB_URL: 'mongodb://user:geheim@host',
  GEMEL_INFLUXDB_TOKEN: 'geheim',
  GEMEL_KAFKA_BROKERS: ['a:1', 'b:2'],
  GEMEL_OIDC_ISSUERS: { geheim: 1 },
  GEMEL_OTHER: { password: 'geheim' },
};
const of = (path?: string) => shownConfig({ service: 'things', instance: 'here', settings }, path);

describe('the configuration that operators see', () => {
  it('has every setting and no secret', () => {
    expect(of()).toMatchObject({ gemel: { GEMEL_HTTP_PORT: 8080, GEMEL_KAFKA_BROKERS: ['a:1', 'b:2'] } });
    expect(JSON.stringify(of())).not.toContain('geheim');
  });

  it.each([
    ['gemel.GEMEL_HTTP_PORT', 8080],
    ['ditto.info.service', { name: 'things', 'instance-id': 'here' }],
    ['gemel.GEMEL_USERS', '***'],
  ])('shows what is at %s', (path, expected) => expect(of(path)).toEqual(expected));

  it.each(['nothing', 'ditto.info.', '__proto__', 'gemel.constructor', 'gemel.GEMEL_KAFKA_BROKERS.0', '.'])(
    'says that there is nothing at %s',
    (path) => expect(of(path)).toEqual({ error: `No configuration setting found for key '${path}'` }),
  );
});
