import { startClusterCommand } from '../support/start-cluster-command.js';

describe('npm run start:cluster', () => {
  it.each([
    [['--replicas', '0'], /--replicas must be a number from 1 to 16/],
    [['--things-port', 'http'], /--things-port must be a number/],
    [['--replica', '2'], /--replica/],
  ])('refuses %j and explains its options', async (args, reason) => {
    const command = startClusterCommand(args);
    expect(await command.exited).toBe(2);
    expect(command.log()).toMatch(reason);
    expect(command.log()).toContain('Usage: npm run start:cluster');
    expect(command.lines).toEqual([]);
  });

  it('explains its options when asked', async () => {
    const command = startClusterCommand(['--help']);
    expect(await command.exited).toBe(0);
    expect(command.lines.join('\n')).toContain('--replicas N');
  });

  it('refuses a setting that no process of the cluster has', async () => {
    const services = {
      MONGODB_URL: 'x',
      KAFKA_BROKERS: 'x',
      INFLUXDB_URL: 'x',
      INFLUXDB_TOKEN: 'x',
      INFLUXDB_ORG: 'x',
    };
    const command = startClusterCommand([], { ...services, MQTT_URL: 'x', GEMEL_DATA_DIR: '/nowhere' });
    expect(await command.exited).toBe(1);
    expect(command.log()).toContain('GEMEL_DATA_DIR');
  });
});
