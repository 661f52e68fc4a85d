import { readSettings } from './config.js';

const services = {
  GEMEL_MONGODB_URL: 'mongodb://someone:s3cret@db:27017/',
  GEMEL_KAFKA_BROKERS: 'one:9092, two:9092',
  GEMEL_INFLUXDB_URL: 'http://influx:8086',
  GEMEL_INFLUXDB_TOKEN: 'hush',
};

describe('the settings of things', () => {
  it('need the addresses of the services and nothing else', () => {
    expect(() => readSettings({})).toThrow(
      /GEMEL_MONGODB_URL: it must be set[^]*GEMEL_KAFKA_BROKERS: it must be set[^]*GEMEL_INFLUXDB_URL: it must be set/,
    );
    expect(readSettings(services)).toMatchObject({
      GEMEL_HTTP_PORT: 8080,
      GEMEL_MONGODB_DATABASE: 'gemel',
      GEMEL_KAFKA_BROKERS: ['one:9092', 'two:9092'],
      GEMEL_KAFKA_TOPIC: 'gemel-events',
      GEMEL_INFLUXDB_ORG: 'opentwins',
      GEMEL_INFLUXDB_BUCKET: 'default',
    });
  });

  it.each([
    ['GEMEL_MONGODB_URL', 'postgres://u:s3cret@db/'],
    ['GEMEL_KAFKA_BROKERS', ' , '],
    ['GEMEL_INFLUXDB_URL', 'influx:s3cret'],
    ['GEMEL_KAFKA_TOPIC', 's3cret topic'],
  ])('refuse a wrong %s without repeating it', (name, value) => {
    const read = () => readSettings({ ...services, [name]: value });
    expect(read).toThrow(new RegExp(`^${name}: `));
    expect(read).not.toThrow(/s3cret/);
  });

  it('know nothing of brokers of devices', () => {
    expect(() => readSettings({ ...services, GEMEL_MQTT_URL: 'mqtt://b' })).toThrow(/GEMEL_MQTT_URL: there is no such/);
  });
});
