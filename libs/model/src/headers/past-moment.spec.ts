import fc from 'fast-check';
import { HeaderInvalid, formatPastMoment, parsePastMoment } from './index.js';

describe('parsePastMoment', () => {
  it('asks for nothing without the headers', () => {
    expect(parsePastMoment(undefined, undefined)).toBeUndefined();
  });

  it.each([
    ['1', 1],
    ['0', 0],
    ['-7', -7],
    ['+12', 12],
    ['9223372036854775807', 9223372036854775807],
  ])('reads revision %s', (text, revision) => {
    expect(parsePastMoment(text, undefined)).toEqual({ revision });
  });

  it.each(['', 'x', '1.0', '1e3', '0x10', ' ', '1 2', '99999999999999999999'])('refuses revision "%s"', (text) => {
    expect(() => parsePastMoment(text, undefined)).toThrow(HeaderInvalid);
  });

  it.each([
    ['2022-10-24T03:11:15Z', '2022-10-24T03:11:15Z'],
    ['2022-10-24T03:11Z', '2022-10-24T03:11:00Z'],
    ['2022-10-24T03:11:15.5Z', '2022-10-24T03:11:15.500Z'],
    ['2022-10-24T03:11:15.123000Z', '2022-10-24T03:11:15.123Z'],
    ['2022-10-24T03:11:15.123000001Z', '2022-10-24T03:11:15.124Z'],
    ['2022-10-24T05:11:15+02:00', '2022-10-24T03:11:15Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('reads timestamp %s', (text, expected) => {
    const moment = parsePastMoment(undefined, text);
    expect(moment === undefined ? '' : formatPastMoment(moment)).toBe(`timestamp '${expected}'`);
  });

  it.each([
    '',
    'yesterday',
    '2022-10-24',
    '2022-10-24T03:11:15',
    '2022-10-24T25:00:00Z',
    '2022-13-24T03:11:15Z',
    '2023-02-30T00:00:00Z',
    '2022-10-24 03:11:15Z',
    '2022-10-24T03:11:15.1234567890Z',
    '2022-10-24T03:111Z',
    '1666581075000',
  ])('refuses timestamp "%s"', (text) => {
    expect(() => parsePastMoment(undefined, text)).toThrow(HeaderInvalid);
  });

  it('takes both', () => {
    expect(parsePastMoment('3', '1970-01-01T00:00:01Z')).toEqual({ revision: 3, before: 1_000 });
  });

  it('reads every instant that is printed, and refuses the rest with HeaderInvalid', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(parsePastMoment(undefined, date.toISOString())).toEqual({ before: date.getTime() });
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (revision, timestamp) => {
        try {
          parsePastMoment(revision, timestamp);
        } catch (error) {
          expect(error).toBeInstanceOf(HeaderInvalid);
        }
      }),
    );
  });
});
