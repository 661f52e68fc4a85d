import { TOPIC_PLAN, TopicUnsuitable, checkTopic, settingsOf } from './topic-plan.js';

const check = (settings: Record<string, string>, partitions = 12, plan = TOPIC_PLAN) =>
  checkTopic('events', plan, { partitions, settings: new Map(Object.entries(settings)) });

describe('topic plan', () => {
  it('keeps a new topic working while one of several copies is away', () => {
    expect(settingsOf({ ...TOPIC_PLAN, replicationFactor: 3 }).get('min.insync.replicas')).toBe('2');
    expect(settingsOf(TOPIC_PLAN).has('min.insync.replicas')).toBe(false);
  });

  it('fits what it makes', () => {
    expect(checkTopic('events', TOPIC_PLAN, { partitions: 12, settings: settingsOf(TOPIC_PLAN) })).toEqual([]);
  });

  it('refuses a topic that is compacted, and says how to change it', () => {
    for (const policy of ['compact', 'compact,delete']) {
      expect(() => check({ 'cleanup.policy': policy })).toThrow(TopicUnsuitable);
      expect(() => check({ 'cleanup.policy': policy })).toThrow('--add-config cleanup.policy=delete');
    }
  });

  it('refuses a topic that takes no large messages', () => {
    expect(() => check({ 'max.message.bytes': '1048588' })).toThrow('1048588 bytes at most');
    expect(check({ 'max.message.bytes': '10000000' })).toEqual([]);
  });

  it('warns of events that are kept for too short, and not when they are kept for ever', () => {
    expect(check({ 'retention.ms': '3600000' })).toHaveLength(1);
    expect(check({ 'retention.ms': '-1' })).toEqual([]);
  });

  it('warns of replicas that will have nothing to read', () => {
    expect(check({}, 2, { ...TOPIC_PLAN, replicas: 3 })).toHaveLength(1);
    expect(check({}, 3, { ...TOPIC_PLAN, replicas: 3 })).toEqual([]);
  });
});
