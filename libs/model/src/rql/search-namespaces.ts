import { isNamespace } from '../ids/index.js';
import { SearchNamespacesInvalid } from './errors.js';

/** The namespaces that a search names. @throws SearchNamespacesInvalid for the first that can be none */
export function parseSearchNamespaces(texts: readonly string[]): readonly string[] {
  const wrong = texts.find((text) => !isNamespace(text));
  if (wrong !== undefined) throw new SearchNamespacesInvalid(wrong);
  return texts;
}
