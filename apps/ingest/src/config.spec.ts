import { readSettings } from './config.js';

const services = {
  GEMEL_MONGODB_URL: 'mongodb://db:27017/',
  GEMEL_KAFKA_BROKERS: 'one:9092',
  GEMEL_INFLUXDB_URL: 'http://influx:8086',
  GEMEL_INFLUXDB_TOKEN: 'hush',
};

describe('the settings of ingest', () => {
  it('have the topics that the embedded broker has, and no broker until one is named', () => {
    const settings = readSettings(services);
    expect(settings).toMatchObject({ GEMEL_HTTP_PORT: 8100, GEMEL_MQTT_URL: '', GEMEL_CONNECTIONS_FILE: '' });
    expect(settings.GEMEL_MQTT_SOURCES).toEqual(['telemetry/#']);
    expect(settings.GEMEL_MQTT_TARGET_SUBJECTS).toEqual(['nginx:ditto']);
  });

  it('take the address of a broker and never repeat a wrong one', () => {
    expect(readSettings({ ...services, GEMEL_MQTT_URL: 'mqtts://u:p@broker:8883' }).GEMEL_MQTT_URL).toContain('broker');
    const wrong = () => readSettings({ ...services, GEMEL_MQTT_URL: 'amqp://u:s3cret@broker' });
    expect(wrong).toThrow(/^GEMEL_MQTT_URL: it must begin with mqtt/);
    expect(wrong).not.toThrow(/s3cret/);
  });
});
