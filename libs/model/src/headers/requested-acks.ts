import { isJsonArray, parseJson } from '../json/index.js';
import { headerTypeInvalid } from './header-invalid.js';

/** What confirms that a signal was processed; the three below are Ditto's own, all others subscribers'. */
export type AckLabel = string;

/** The twin is changed. */
export const TWIN_PERSISTED = 'twin-persisted';
/** Searches find the change. */
export const SEARCH_PERSISTED = 'search-persisted';
/** A device has answered a live command or message. */
export const LIVE_RESPONSE = 'live-response';

const BUILT_IN: ReadonlySet<AckLabel> = new Set([TWIN_PERSISTED, SEARCH_PERSISTED, LIVE_RESPONSE]);
const LABEL = /^(?:\{\{\s*[a-z]+:[a-z]+\s*\}\}:)?[a-zA-Z0-9_:-]{3,165}$/;
const NAME = 'requested-acks';

/**
 * The header `requested-acks`: labels with commas between, or a JSON array of them; each once, in their order. Undefined
 * when the header is absent, which is something else than an empty list.
 * @throws HeaderInvalid
 */
export function parseRequestedAcks(text: string | undefined): readonly AckLabel[] | undefined {
  if (text === undefined) return undefined;
  const labels = text.trim().startsWith('[') ? labelsOfArray(text) : labelsOfList(text);
  for (const label of labels) {
    if (!LABEL.test(label))
      throw headerTypeInvalid(NAME, JSON.stringify(labels), 'JSON array of acknowledgement labels');
  }
  return [...new Set(labels)];
}

/** Without placeholders. */
export function isAckLabel(text: string): boolean {
  return /^[a-zA-Z0-9_:-]{3,165}$/.test(text);
}

/** Those that subscribers issue. */
export function customLabels(labels: readonly AckLabel[]): readonly AckLabel[] {
  return labels.filter((label) => !BUILT_IN.has(label));
}

function labelsOfList(text: string): readonly AckLabel[] {
  return text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

function labelsOfArray(text: string): readonly AckLabel[] {
  const invalid = headerTypeInvalid(NAME, text, 'JSON array');
  let value;
  try {
    value = parseJson(text);
  } catch {
    throw invalid;
  }
  if (!isJsonArray(value)) throw invalid;
  return value.map((label) => {
    if (typeof label !== 'string') throw invalid;
    return label;
  });
}
