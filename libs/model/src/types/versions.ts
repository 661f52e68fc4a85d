import { VersionInvalid, VersionRangeInvalid } from './errors.js';

/** A semantic version (2.0.0) without build metadata, as it is written. */
export type Version = string & { readonly brand: 'Version' };

const NUMBER = '0|[1-9]\\d{0,14}';
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-((?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$`,
);
const MAX_LENGTH = 64;

/** @throws VersionInvalid */
export function parseVersion(text: string): Version {
  if (text.length > MAX_LENGTH || !VERSION.test(text)) throw new VersionInvalid(text);
  return text as Version;
}

/** Precedence as in Semantic Versioning: negative when `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < 3; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareReleases(left.prerelease, right.prerelease);
}

/** Which versions of a type somebody takes. */
export interface VersionRange {
  readonly text: string;
  includes(version: Version): boolean;
}

interface Comparison {
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  readonly version: Version;
}

/**
 * Reads a range as npm has them, hyphens left aside. A version before its release is in it only when the range names one
 * of the same release.
 * @throws VersionRangeInvalid
 */
export function parseVersionRange(text: string): VersionRange {
  if (text.length > 4 * MAX_LENGTH) throw new VersionRangeInvalid(text);
  const alternatives = text.split('||').map((part) =>
    part
      .trim()
      .replaceAll(/([<>=^~])\s+/g, '$1')
      .split(/\s+/)
      .flatMap((word) => comparisonsOf(word, text)),
  );
  return {
    text,
    includes: (version) =>
      alternatives.some(
        (all) => all.every((comparison) => holds(comparison, version)) && isPrereleaseNamed(all, version),
      ),
  };
}

/** The newest of the versions that is in the range. */
export function newestIn(range: VersionRange, versions: readonly Version[]): Version | undefined {
  return versions
    .filter((version) => range.includes(version))
    .toSorted(compareVersions)
    .at(-1);
}

function comparisonsOf(word: string, text: string): readonly Comparison[] {
  const [, operator = '', rest = ''] = /^(\^|~|>=|<=|>|<|=)?(.*)$/.exec(word) ?? [];
  const wildcard = /^(?:[xX*]|(\d{1,14})(?:\.(?:[xX*]|(\d{1,14})(?:\.[xX*])?))?)$/.exec(rest);
  if (wildcard !== null) {
    const [major, minor] = [wildcard[1], wildcard[2]].map((digits) =>
      digits === undefined ? undefined : Number(digits),
    );
    return wildcardRange(operator, major, minor, text);
  }
  const version = exact(rest, text);
  const [major = 0, minor = 0, patch = 0] = partsOf(version).numbers;
  switch (operator) {
    case '^':
      return between(version, major > 0 ? [major + 1, 0, 0] : minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1]);
    case '~':
      return between(version, [major, minor + 1, 0]);
    case '>':
    case '<':
    case '>=':
    case '<=':
      return [{ operator, version }];
    default:
      return [{ operator: '=', version }];
  }
}

/** `1.x`, `1`, `*`; with an operator, the missing numbers are 0. */
function wildcardRange(operator: string, major: number | undefined, minor: number | undefined, text: string) {
  const from = versionOf([major ?? 0, minor ?? 0, 0]);
  if (operator === '>=' || (operator === '' && major === undefined))
    return [{ operator: '>=', version: from } as const];
  if (operator === '<') return [{ operator: '<', version: from } as const];
  if (operator === '>' || operator === '<=' || major === undefined) throw new VersionRangeInvalid(text);
  return between(from, minor === undefined || operator === '^' ? [major + 1, 0, 0] : [major, minor + 1, 0]);
}

function between(from: Version, below: readonly number[]): readonly Comparison[] {
  return [
    { operator: '>=', version: from },
    { operator: '<', version: versionOf(below) },
  ];
}

function exact(text: string, range: string): Version {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof VersionInvalid) throw new VersionRangeInvalid(range);
    throw error;
  }
}

function holds({ operator, version }: Comparison, candidate: Version): boolean {
  const order = compareVersions(candidate, version);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '=':
      return order === 0;
  }
}

function isPrereleaseNamed(comparisons: readonly Comparison[], version: Version): boolean {
  if (!version.includes('-')) return true;
  const release = version.slice(0, version.indexOf('-'));
  return comparisons.some((comparison) => comparison.version.startsWith(`${release}-`));
}

function versionOf(numbers: readonly number[]): Version {
  return parseVersion(numbers.join('.'));
}

function partsOf(version: Version): { readonly numbers: readonly number[]; readonly prerelease: string } {
  const dash = version.indexOf('-');
  const numbers = (dash < 0 ? version : version.slice(0, dash)).split('.').map(Number);
  return { numbers, prerelease: dash < 0 ? '' : version.slice(dash + 1) };
}

/** A release comes after what comes before it. */
function compareReleases(a: string, b: string): number {
  if (a === '' || b === '') return Number(a === '') - Number(b === '');
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    if (one !== other) return compareIdentifiers(one, other);
  }
  return 0;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : 1;
}
