import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { JsonInvalid } from '@gemel/model/json';
import type { Envelope } from '@gemel/model/protocol';
import { SearchOptionInvalid, parseSearchOptions } from '@gemel/model/rql';
import type { SearchService } from '../search/index.js';
import type { SignalContext } from '../signals/index.js';

/** Pages of what a search over messages finds, as the value of each `next`. @throws GemelError the search is refused */
export async function* searchPages(
  search: Pick<SearchService, 'search'>,
  { value, fields }: Envelope,
  context: SignalContext,
): AsyncGenerator<JsonObject, void> {
  const asked = isJsonObject(value) ? value : {};
  const filter = textIn(asked, 'filter');
  const options = textIn(asked, 'options') ?? '';
  const namespaces = textsIn(asked, 'namespaces');
  const size = sizeIn(options);
  let option: string | undefined =
    size === undefined ? [options, 'size(25)'].filter((part) => part !== '').join(',') : options;
  while (option !== undefined) {
    const page = await search.search({ filter, namespaces, option, fields }, context);
    if (page.items.length > 0) yield { items: page.items };
    option = page.cursor === undefined ? undefined : `size(${String(size ?? 25)}),cursor(${page.cursor})`;
  }
}

/** Of a page; undefined when nothing is said. @throws SearchOptionInvalid for what only a search over HTTP takes */
function sizeIn(options: string): number | undefined {
  const parsed = options === '' ? [] : parseSearchOptions(options);
  for (const { name } of parsed) {
    if (name !== 'size' && name !== 'sort') throw new SearchOptionInvalid(`A subscription takes no option ${name}.`);
  }
  return parsed.flatMap((option) => (option.name === 'size' ? [option.size] : []))[0];
}

function textIn(object: JsonObject, name: string): string | undefined {
  const value = member(object, name) ?? null;
  if (value === null || typeof value === 'string') return value ?? undefined;
  throw new JsonInvalid(`'${name}' is not text`);
}

function textsIn(object: JsonObject, name: string): readonly string[] | undefined {
  const value: JsonValue = member(object, name) ?? null;
  if (value === null) return undefined;
  const texts = isJsonArray(value) ? value.filter((each) => typeof each === 'string') : [];
  if (!isJsonArray(value) || texts.length < value.length) throw new JsonInvalid(`'${name}' is not a list of texts`);
  return texts;
}
