import fc from 'fast-check';
import { compareVersions, newestIn, parseVersion, parseVersionRange } from './versions.js';

const versions = [
  '0.9.0',
  '0.9.3',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-beta',
  '1.0.0',
  '1.2.0',
  '1.2.9',
  '1.10.0',
  '2.0.0',
].map(parseVersion);

it('versions come in the order of Semantic Versioning', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(versions), (some) => {
      expect(some.toSorted(compareVersions)).toEqual(versions.filter((each) => some.includes(each)));
    }),
  );
});

it.each([
  '',
  '1',
  '1.0',
  '1.0.0.0',
  'v1.0.0',
  '01.0.0',
  '1.0.0-',
  '1.0.0-01',
  '1.0.0+build',
  '1.0.0-é',
  '9'.repeat(70),
])('%j is no version', (text) => {
  expect(() => parseVersion(text)).toThrow(/is no version/);
});

it.each([
  ['1.0.0', '1.0.0'],
  ['=1.0.0', '1.0.0'],
  ['^1.0.0', '1.10.0'],
  ['^0.9.0', '0.9.3'],
  ['~1.2.0', '1.2.9'],
  ['1', '1.10.0'],
  ['1.2.x', '1.2.9'],
  ['*', '2.0.0'],
  ['>=1.0.0 <1.3.0', '1.2.9'],
  ['>= 1.0.0 < 1.3.0', '1.2.9'],
  ['>1.2.0 <=1.2.9', '1.2.9'],
  ['<0.1.0 || 1.2.0', '1.2.0'],
  ['1.0.0-alpha', '1.0.0-alpha'],
  ['>=1.0.0-alpha <1.0.0', '1.0.0-beta'],
  ['^0.0.1', undefined],
  ['^3.0.0', undefined],
])('the newest in %s is %s', (range, newest) => {
  expect(newestIn(parseVersionRange(range), versions)).toBe(newest);
});

it.each(['', 'latest', '^', '1.0.0 - 2.0.0', '^1.0.0 ||', '>x', '1'.repeat(300), `${'9'.repeat(20)}.x`])(
  '%j is no range',
  (text) => {
    expect(() => parseVersionRange(text)).toThrow(/is no range/);
  },
);
