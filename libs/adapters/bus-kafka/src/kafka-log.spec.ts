import type { Logger } from '@gemel/application/ports';
import kafkajs from 'kafkajs';
import { kafkaLog } from './kafka-log.js';

const { ERROR, WARN, INFO } = kafkajs.logLevel;

function levelOf(namespace: string, level: kafkajs.logLevel, message: string): string {
  const heard: string[] = [];
  const hear = (name: string) => () => heard.push(name);
  const log: Logger = { error: hear('error'), warn: hear('warn'), info: hear('info'), debug: hear('debug') };
  kafkaLog(log)()({ namespace, level, label: '', log: { timestamp: '', message } });
  return heard.join();
}

describe('what kafkajs says', () => {
  it('is for the curious while it heals itself', () => {
    expect(levelOf('Connection', ERROR, 'Connection error: connect ECONNREFUSED')).toBe('debug');
    expect(levelOf('Connection', ERROR, 'Response Heartbeat: The group is rebalancing')).toBe('debug');
    expect(levelOf('Runner', WARN, 'The group is rebalancing, re-joining')).toBe('debug');
    expect(levelOf('Consumer', INFO, 'Stopped')).toBe('debug');
  });

  it('is a warning when a request or a membership was lost', () => {
    expect(levelOf('Producer', ERROR, 'Failed to send messages')).toBe('warn');
    expect(levelOf('Runner', ERROR, 'The coordinator is not aware of this member, re-joining the group')).toBe('warn');
  });

  it('calls a person when events were deleted unread', () => {
    expect(levelOf('ConsumerGroup', ERROR, 'Offset out of range, resetting to default offset')).toBe('error');
  });
});
