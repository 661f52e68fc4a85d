import { PastRangeInvalid, parsePastRange, revisionsIn } from './index.js';

const parse = (parameters: Readonly<Record<string, string>>) => parsePastRange((name) => parameters[name]);
const by = (from: number, to?: number) => ({ by: 'revision', from, to }) as const;

describe('parsePastRange', () => {
  it.each([
    [{}, undefined],
    [{ 'to-historical-revision': '3' }, undefined],
    [{ 'from-historical-revision': '0' }, by(0)],
    [{ 'from-historical-revision': '-3', 'to-historical-revision': '-1' }, by(-3, -1)],
    [{ 'from-historical-timestamp': '1970-01-01T00:00:01Z' }, { by: 'time', after: 1_000, before: undefined }],
    [
      { 'from-historical-timestamp': '1970-01-01T00:00:01Z', 'to-historical-timestamp': '1970-01-01T00:00:02Z' },
      { by: 'time', after: 1_000, before: 2_000 },
    ],
    [{ 'from-historical-revision': '1', 'from-historical-timestamp': '1970-01-01T00:00:01Z' }, by(1)],
  ])('reads %j', (parameters, range) => {
    expect(parse(parameters)).toEqual(range);
  });

  it.each([
    ['from-historical-revision', ''],
    ['from-historical-revision', '1.5'],
    ['from-historical-revision', 'x'],
    ['to-historical-revision', '99999999999999999999'],
    ['from-historical-timestamp', 'yesterday'],
    ['to-historical-timestamp', '2023-02-30T00:00:00Z'],
  ])('refuses %s=%s', (name, text) => {
    expect(() => parse({ 'from-historical-revision': '1', [name]: text })).toThrow(PastRangeInvalid);
  });
});

describe('revisionsIn', () => {
  it.each([
    [by(0), 1, 10],
    [by(3), 3, 10],
    [by(3, 5), 3, 5],
    [by(3, 50), 3, 10],
    [by(-1), 10, 10],
    [by(-3), 8, 10],
    [by(-30), 1, 10],
    [by(1, 0), 1, 10],
    [by(1, -2), 1, 8],
    [by(20), 20, 10],
  ])('of %j among ten', (range, from, to) => {
    expect(revisionsIn(range, 10)).toEqual({ from, to });
  });
});
