import { TargetProgress } from './target-progress.js';

function placed(now = { ms: 0 }): TargetProgress {
  const progress = new TargetProgress({ now: () => now.ms });
  progress.placed();
  return progress;
}

describe('what keeps a target from publishing', () => {
  it('is that it does not know yet where it begins', () => {
    expect(new TargetProgress({ now: () => 0 }).hindrance()).toEqual({
      status: 'unknown',
      statusDetails: 'waits for its place among the events',
    });
  });

  it('is nothing while it has nothing to do, or is answered', () => {
    const now = { ms: 0 };
    const progress = placed(now);
    now.ms = 60_000;
    expect(progress.hindrance()).toBeUndefined();
    progress.sent();
    now.ms += 4_999;
    expect(progress.hindrance()).toBeUndefined();
    progress.sent();
    progress.answered(undefined);
    now.ms += 4_999;
    expect(progress.hindrance()).toBeUndefined();
  });

  it('is what the other side has said, until it takes something', () => {
    const progress = placed();
    progress.sent();
    progress.answered('the queue is full');
    expect(progress.hindrance()).toEqual({
      status: 'failed',
      statusDetails: 'waits, and tries again: the queue is full',
    });
    progress.sent();
    progress.answered(undefined);
    expect(progress.hindrance()).toBeUndefined();
  });

  it('is that the other side is silent, since it last took something', () => {
    const now = { ms: 1_000 };
    const progress = placed(now);
    for (let message = 0; message < 3; message++) progress.sent();
    now.ms += 2_000;
    progress.answered(undefined);
    now.ms += 7_000;
    expect(progress.hindrance()).toEqual({
      statusDetails: 'waits for the other side, which has confirmed nothing for 7 s; 2 messages are on their way',
    });
  });
});
