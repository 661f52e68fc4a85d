import { parseThingId } from '@gemel/model/ids';
import { MemoryLiveBus } from '@gemel/testkit/memory';
import { ConnectionNotices } from './connection-notices.js';

describe('notices of connections', () => {
  it('tell other processes of changes and of those who look, until they stop to listen', () => {
    const bus = new MemoryLiveBus();
    const [here, there] = [new ConnectionNotices(bus), new ConnectionNotices(bus)];
    const heard: string[] = [];
    const unlisten = [
      there.onChange(() => heard.push('changed')),
      there.onLook((connectionId) => heard.push(connectionId)),
    ];
    here.changed();
    here.lookedAt('cars');
    bus.publish(frameOf('_/cars/connections/announcements/diverted'));
    bus.publish(frameOf('example/car/things/live/messages/looked-at'));
    for (const each of unlisten) each();
    here.changed();
    here.lookedAt('cars');
    expect(heard).toEqual(['changed', 'cars']);
  });
});

function frameOf(topic: string) {
  return { entityId: parseThingId('example:car'), envelope: { topic } };
}
