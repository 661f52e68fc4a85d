import { Rivals } from './rivals.js';

describe('rivals', () => {
  it('are about for a minute after they were first', () => {
    let now = 5;
    const rivals = new Rivals(() => now);
    const about = [rivals.areAbout];
    rivals.met();
    about.push(rivals.areAbout);
    now += 59_999;
    about.push(rivals.areAbout);
    now += 1;
    about.push(rivals.areAbout);
    expect(about).toEqual([false, true, true, false]);
  });
});
