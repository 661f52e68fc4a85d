/** A rule around a mismatch, and where in the text it began. */
interface Frame {
  /** Name of a rule, or what kind of group it is. */
  readonly key: string;
  readonly isNamed: boolean;
  readonly start: number;
}

export interface Mismatch {
  /** From the outermost rule inward. */
  readonly frames: readonly Frame[];
  /** What the innermost rule looked for, as told. */
  readonly wanted: string;
}

/** A reference to a rule: it neither has a name nor ends a chain of names. */
export const CALL = 'call';

/**
 * What was expected at an error, rule by rule: of each mismatch the outermost rule name that begins at the error and that
 * not all mismatches share; else what its innermost rule looked for.
 */
export function expectedAt(position: number, mismatches: readonly Mismatch[]): readonly string[] {
  const shared = sharedFrames(mismatches);
  return [...new Set(mismatches.map(({ frames, wanted }) => reportedName(frames.slice(shared), position) ?? wanted))];
}

/** How many outer frames all have in common; a chain of names at their end is not counted, so that one of them is told. */
function sharedFrames([first, ...others]: readonly Mismatch[]): number {
  if (first === undefined || others.length === 0) return 0;
  let chain = -1;
  let index = 0;
  for (const frame of first.frames) {
    if (!others.every(({ frames }) => isSame(frames[index], frame))) break;
    if (frame.isNamed) chain = chain < 0 ? index : chain;
    else if (frame.key !== CALL) chain = -1;
    index += 1;
  }
  return chain < 0 ? index : chain;
}

function isSame(a: Frame | undefined, b: Frame): boolean {
  return a?.key === b.key && a.isNamed === b.isNamed && a.start === b.start;
}

function reportedName(frames: readonly Frame[], position: number): string | undefined {
  let name: string | undefined;
  for (const frame of frames) {
    if (frame.isNamed) name ??= frame.key;
    else if (frame.key !== CALL) {
      if (frame.start >= position && name !== undefined) return name;
      name = undefined;
    }
  }
  return name;
}
