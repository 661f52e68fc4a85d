import { readSettings } from './config.js';

it('the settings of the extended API need the services of the cluster', () => {
  expect(() => readSettings({})).toThrow(/GEMEL_MONGODB_URL: it must be set/);
  const settings = readSettings({
    GEMEL_MONGODB_URL: 'mongodb+srv://db/',
    GEMEL_KAFKA_BROKERS: 'one:9092',
    GEMEL_INFLUXDB_URL: 'http://influx:8086',
    GEMEL_INFLUXDB_TOKEN: 'hush',
  });
  expect(settings.GEMEL_HTTP_PORT).toBe(8090);
});
