/** What an entry of a cache takes beside its content. */
const ENTRY = 300;
const OBJECT = 48;
const ARRAY = 24;
const MEMBER = 6;

/**
 * About what a JSON text takes in memory when it is parsed: between 1 and 20 times its length. Weights measured with
 * Node 20; many small objects are what makes the difference. Punctuation inside strings counts, too: too much is safe.
 */
export function estimateBytes(json: string): number {
  return ENTRY + json.length + MEMBER * count(json, ',') + OBJECT * count(json, '{') + ARRAY * count(json, '[');
}

/** Searching for each is faster than looking at every character. */
function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}
