import type { JsonObject } from '../json/index.js';
import { resolveTemplate } from '../placeholders/index.js';
import { parseSubjectId } from '../policies/index.js';
import type { SubjectId } from '../policies/index.js';
import { JwtConditionFailed, TokenNotVerified } from './errors.js';
import type { TokenIssuer } from './token-issuer.js';

/** More subjects than anybody may have are counted up to here, and refused where subjects are counted. */
const MAX_SUBJECTS = 10_000;

/** Who bears a token, as its issuer is configured. */
export interface Bearer {
  readonly subjects: readonly [SubjectId, ...SubjectId[]];
  /** That go with the signals they send. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes subjects and headers of a verified token's claims.
 * @throws JwtConditionFailed; TokenNotVerified when no subject can be made of it
 */
export function bearerOf(issuer: TokenIssuer, claims: JsonObject): Bearer {
  const context = { claims };
  const isMet = issuer.prerequisiteConditions.every((template) => {
    const resolution = resolveTemplate(template, context, MAX_SUBJECTS);
    return resolution.kind === 'resolved' && resolution.values[0] !== '';
  });
  if (!isMet) throw new JwtConditionFailed();
  const texts = issuer.authSubjects.flatMap((template) => {
    const resolution = resolveTemplate(template, context, MAX_SUBJECTS);
    return resolution.kind === 'resolved' ? resolution.values : [];
  });
  const [first, ...more] = [...new Set(texts)]
    .filter(isSubject)
    .map((text) => parseSubjectId(`${issuer.prefix}:${text}`));
  if (first === undefined) throw new TokenNotVerified('It holds none of the claims that its subjects are made of.');
  return { subjects: [first, ...more], headers: headersOf(issuer, claims) };
}

/** A claim that cannot be part of a subject is left out, like one that is missing. */
function isSubject(text: string): boolean {
  return text !== '' && !/[\x00-\x1F\x7F]/.test(text) && !text.includes('{{');
}

/** What cannot be resolved stays as it is configured, as in Ditto. */
function headersOf({ injectClaimsIntoHeaders }: TokenIssuer, claims: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...injectClaimsIntoHeaders].map(([name, template]) => {
      const resolution = resolveTemplate(template, { claims }, MAX_SUBJECTS);
      return [name, resolution.kind === 'resolved' ? (resolution.values[0] ?? template.text) : template.text];
    }),
  );
}
