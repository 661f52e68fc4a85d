import { isCustomHeader } from '../headers/index.js';
import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import { parseTemplate } from '../placeholders/index.js';
import type { Template } from '../placeholders/index.js';

/** Who issues tokens that are trusted, and what a token of theirs makes of its bearer. */
export interface TokenIssuer {
  /** In front of the subjects: `prefix:subject`. */
  readonly prefix: string;
  /** `iss` claims without their scheme, one at least. */
  readonly issuers: readonly string[];
  /** Of discovery and keys. */
  readonly protocol: 'https' | 'http';
  /** Each becomes a subject, or several where a claim is an array; those that cannot be resolved are left out. */
  readonly authSubjects: readonly Template[];
  /** Headers of the signals that the bearer sends, by their names. */
  readonly injectClaimsIntoHeaders: ReadonlyMap<string, Template>;
  /** All of them must be resolvable. */
  readonly prerequisiteConditions: readonly Template[];
}

/** What is wrong with the description of issuers; for whoever configures them. */
export class TokenIssuersInvalid extends Error {}

const DEFAULT_SUBJECTS = ['{{ jwt:sub }}'];
const SCHEME = /^(https?):\/\//;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** Both spellings are taken: that of Ditto's configuration and that of its Helm chart. */
const MEMBERS: ReadonlyMap<string, string> = new Map([
  ['auth-subjects', 'authSubjects'],
  ['inject-claims-into-headers', 'injectClaimsIntoHeaders'],
  ['prerequisite-conditions', 'prerequisiteConditions'],
]);
const KNOWN = ['issuer', 'issuers', 'protocol', ...MEMBERS.values()];

/**
 * Reads `{ prefix: { issuer | issuers, protocol?, authSubjects?, injectClaimsIntoHeaders?, prerequisiteConditions? } }`,
 * as Ditto's `openid-connect-issuers`; a text instead of the object is its only issuer.
 * @throws TokenIssuersInvalid
 */
export function parseTokenIssuers(value: JsonValue): readonly TokenIssuer[] {
  if (!isJsonObject(value)) throw new TokenIssuersInvalid('it must be a JSON object of issuers by their prefix');
  const issuers = Object.entries(value).map(([prefix, issuer]) => parseTokenIssuer(prefix, issuer));
  const names = issuers.flatMap((issuer) => issuer.issuers);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TokenIssuersInvalid(`the issuer '${twice}' is there twice`);
  return issuers;
}

function parseTokenIssuer(prefix: string, value: JsonValue): TokenIssuer {
  if (!/^[^:\s\x00-\x1F\x7F]+$/.test(prefix))
    throw new TokenIssuersInvalid(`'${prefix}' is no prefix: it must be a text without colons and spaces`);
  const described = isJsonObject(value) ? inOneSpelling(prefix, value) : { issuer: value };
  const named = textsOf(prefix, described, 'issuers') ?? textsOf(prefix, described, 'issuer') ?? [];
  if (named.length === 0) throw new TokenIssuersInvalid(`'${prefix}' names no issuer`);
  const templates = (name: string) => textsOf(prefix, described, name)?.map((text) => templateOf(prefix, text));
  return {
    prefix,
    issuers: named.map((issuer) => issuer.replace(SCHEME, '')),
    protocol: protocolOf(prefix, member(described, 'protocol'), named),
    authSubjects: templates('authSubjects') ?? DEFAULT_SUBJECTS.map((text) => parseTemplate(text)),
    injectClaimsIntoHeaders: headersOf(prefix, member(described, 'injectClaimsIntoHeaders') ?? {}),
    prerequisiteConditions: templates('prerequisiteConditions') ?? [],
  };
}

function inOneSpelling(prefix: string, value: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([name, one]) => [MEMBERS.get(name) ?? name, one] as const);
  const unknown = entries.find(([name]) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new TokenIssuersInvalid(`'${prefix}' has '${unknown[0]}', which is unknown`);
  return Object.fromEntries(entries);
}

/** A text, or an array of such; undefined when it is absent. */
function textsOf(prefix: string, described: JsonObject, name: string): readonly string[] | undefined {
  const value = member(described, name);
  if (value === undefined) return undefined;
  const items = isJsonArray(value) ? value : [value];
  return items.map((item) => {
    if (typeof item === 'string' && item !== '') return item;
    throw new TokenIssuersInvalid(`'${name}' of '${prefix}' must be a text or an array of texts`);
  });
}

/** Plain HTTP only where the configuration says so. */
function protocolOf(prefix: string, value: JsonValue | undefined, issuers: readonly string[]): 'https' | 'http' {
  const schemes = new Set(issuers.flatMap((issuer) => SCHEME.exec(issuer)?.[1] ?? []));
  if (value !== undefined) schemes.add(typeof value === 'string' ? value : '');
  const [protocol = 'https', another] = schemes;
  if (another === undefined && (protocol === 'https' || protocol === 'http')) return protocol;
  throw new TokenIssuersInvalid(`the protocol of '${prefix}' must be either https or http`);
}

function headersOf(prefix: string, value: JsonValue): ReadonlyMap<string, Template> {
  if (!isJsonObject(value)) throw new TokenIssuersInvalid(`'injectClaimsIntoHeaders' of '${prefix}' must be an object`);
  return new Map(
    Object.entries(value).map(([given, text]) => {
      const name = given.toLowerCase();
      if (!HEADER_NAME.test(name) || !isCustomHeader(name))
        throw new TokenIssuersInvalid(`'${prefix}' cannot inject claims into the header '${given}'`);
      if (typeof text !== 'string')
        throw new TokenIssuersInvalid(`the header '${given}' of '${prefix}' must be a text`);
      return [name, templateOf(prefix, text)];
    }),
  );
}

function templateOf(prefix: string, text: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    throw new TokenIssuersInvalid(`'${text}' of '${prefix}': ${error instanceof Error ? error.message : 'not valid'}`, {
      cause: error,
    });
  }
}
