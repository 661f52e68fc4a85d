/** A character by the bytes of its UTF-8, also one of those that URLs hold as they are: `%2A` for `*`. */
export function percentEncoded(character: string): string {
  return [...new TextEncoder().encode(character)].map(sequence).join('');
}

function sequence(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
