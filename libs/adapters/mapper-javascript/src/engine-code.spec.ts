import { eagerCode, madeEager } from './engine-code.js';

const PLACE = [0x41, 0x90, 0xce, 0x00, 0x36, 0x02];
const EAGER = [0x41, 0x90, 0x80, 0x00, 0x36, 0x02];
const count = (code: Buffer, part: readonly number[]) =>
  code.toString('latin1').split(Buffer.from(part).toString('latin1')).length - 1;

describe('the code of the engine', () => {
  it('is that of the package, which asks in three places', async () => {
    expect(count(Buffer.from(await eagerCode()), EAGER)).toBe(3);
    const three = Buffer.from([...PLACE, 1, ...PLACE, 2, ...PLACE]);
    expect([...madeEager(three).subarray(0, 7)]).toEqual([0x41, 0x90, 0x80, 0x00, 0x36, 0x02, 1]);
  });

  it('is left as it is when it is made otherwise', () => {
    const two = [...PLACE, 1, ...PLACE];
    expect([...madeEager(Buffer.from(two))]).toEqual(two);
  });
});
