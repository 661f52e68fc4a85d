/**
 * Cuts text that comes in pieces into lines. Ends of lines are `\n` or `\r\n`; what follows the last one is a line, too,
 * unless it is empty.
 */
export class LineSplitter {
  #rest = '';

  /** @param maxLength of one line, in UTF-16 code units; above, `tooLong` is thrown */
  constructor(
    private readonly maxLength: number,
    private readonly tooLong: () => Error,
  ) {}

  /** The lines that the piece completes. */
  push(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.maxLength || lines.some((line) => line.length > this.maxLength)) throw this.tooLong();
    return lines.map(withoutReturn);
  }

  /** What is left at the end of the text. */
  end(): readonly string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [withoutReturn(rest)];
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
