const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** The text is not as its grammar says; who reads it finds out what is wrong and tells. */
export class SyntaxFault extends Error {}

/** Reads the tokens that RQL filters and search options share, from left to right. */
export class RqlScanner {
  #position = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.#position >= this.text.length;
  }

  /** The character here; empty at the end. */
  peek(): string {
    return this.text.charAt(this.#position);
  }

  /** Steps over `token` if it is here. */
  take(token: string): boolean {
    if (!this.text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail();
  }

  expectEnd(): void {
    if (!this.atEnd) this.fail();
  }

  /** The text that a sticky pattern matches here; undefined when it does not. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }

  skipBlanks(): void {
    this.match(/[ \n\r\t\f]*/y);
  }

  /** A property or the like, perhaps empty: up to `,`, `)` or `"`; a backslash escapes. */
  bare(): string {
    return this.#unescaped(/[^,)"\\]+/y, '"');
  }

  /** The same as it is written, with its backslashes. */
  rawBare(): string {
    const start = this.#position;
    this.bare();
    return this.text.slice(start, this.#position);
  }

  /** A string in the quotes that begin here. */
  quoted(quote: '"' | "'"): string {
    this.expect(quote);
    const text = this.#unescaped(quote === '"' ? /[^"\\]+/y : /[^'\\]+/y, quote);
    this.expect(quote);
    return text;
  }

  /** @throws SyntaxFault */
  fail(): never {
    throw new SyntaxFault();
  }

  #unescaped(plain: RegExp, quote: string): string {
    const parts: string[] = [];
    for (;;) {
      const part = this.match(plain);
      if (part !== undefined) parts.push(part);
      else if (this.take('\\')) parts.push(this.#escaped(quote));
      else return parts.join('');
    }
  }

  #escaped(quote: string): string {
    const character = this.peek();
    if (character === 'u') {
      const code = this.match(/u[\dA-Fa-f]{4}/y);
      return code === undefined ? this.fail() : unit(code);
    }
    const isItself = character === quote || character === '\\' || character === '/';
    const escaped = isItself ? character : ESCAPES.get(character);
    if (escaped === undefined) return this.fail();
    this.#position++;
    return escaped;
  }
}

function unit(code: string): string {
  return String.fromCharCode(Number.parseInt(code.slice(1), 16));
}
