/**
 * Cuts text that comes in pieces into lines. Ends of lines are `\n` or `\r\n`; what follows the last one is a line, too,
 * unless it is empty.
 */
export class LineSplitter {
  #rest = '';
  #isOver = false;

  /** @param maxLength of one line, in UTF-16 code units */
  constructor(private readonly maxLength: number) {}

  /** A line is too long, whether or not it has ended: neither it nor any after it is given. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The lines that the piece completes. */
  push(piece: string): readonly string[] {
    if (this.#isOver) return [];
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    const first = lines.findIndex((line) => line.length > this.maxLength);
    this.#isOver = first >= 0 || this.#rest.length > this.maxLength;
    return (first < 0 ? lines : lines.slice(0, first)).map(withoutReturn);
  }

  /** What is left at the end of the text. */
  end(): readonly string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' || this.#isOver ? [] : [withoutReturn(rest)];
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
