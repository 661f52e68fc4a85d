const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Reads the tokens that RQL filters and search options share, from left to right. */
export class RqlScanner {
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly failure: (position: number, reason: string) => Error,
  ) {}

  get position(): number {
    return this.#position;
  }

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
    if (!this.take(token)) this.fail(`expected '${token}'`);
  }

  expectEnd(): void {
    if (!this.atEnd) this.fail('expected the end');
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

  /** A property or the like: up to `,`, `)` or `"`; a backslash escapes. */
  bare(what: string): string {
    const start = this.#position;
    const text = this.#unescaped(/[^,)"\\]+/y, '"');
    if (text === '') this.fail(`expected ${what}`, start);
    return text;
  }

  /** A string in the quotes that begin here. */
  quoted(quote: '"' | "'"): string {
    this.expect(quote);
    const text = this.#unescaped(quote === '"' ? /[^"\\]+/y : /[^'\\]+/y, quote);
    this.expect(quote);
    return text;
  }

  fail(reason: string, position = this.#position): never {
    throw this.failure(position, reason);
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
      return code === undefined ? this.fail("expected four hex digits after '\\u'") : unit(code);
    }
    const escaped = character === quote || character === '\\' || character === '/' ? character : ESCAPES.get(character);
    if (escaped === undefined) return this.fail(`expected ${quote}, \\, /, b, f, n, r, t or u after the backslash`);
    this.#position++;
    return escaped;
  }
}

function unit(code: string): string {
  return String.fromCharCode(Number.parseInt(code.slice(1), 16));
}
