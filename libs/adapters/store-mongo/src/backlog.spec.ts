import { StoreUnavailable } from '@gemel/application/ports';
import { Backlog } from './backlog.js';

describe('Backlog', () => {
  it('refuses writes while too many events wait for their states, and says so once', () => {
    const lines: string[] = [];
    const note = (level: string) => () => lines.push(level);
    const log = { error: note('error'), warn: note('warn'), info: note('info'), debug: note('debug') };
    const tail = { size: 2, bytes: 9 };
    const backlog = new Backlog(tail, log, 10);
    expect(backlog.refusal()).toBeUndefined();
    tail.bytes = 10;
    expect(backlog.refusal()).toBeInstanceOf(StoreUnavailable);
    tail.bytes = 12;
    expect(backlog.refusal()).toBeInstanceOf(StoreUnavailable);
    tail.bytes = 3;
    expect(backlog.refusal()).toBeUndefined();
    expect(backlog.refusal()).toBeUndefined();
    expect(lines).toEqual(['error', 'info']);
  });
});
