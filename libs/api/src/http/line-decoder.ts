import { TextDecoder } from 'node:util';
import { NOT_UTF8 } from '@gemel/model/json';

const LINE_FEED = 0x0a;
const NOTHING = new Uint8Array();

/**
 * Turns bytes that come in pieces into the text of lines. A line that is no UTF-8 breaks off with `NOT_UTF8`, and takes no other
 * one along. A byte order mark at the beginning of a line is left out: files are put together, too.
 */
export class LineDecoder {
  #decoder = fatalDecoder();
  #isBroken = false;

  push(bytes: Uint8Array): string {
    const texts: string[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      texts.push(this.#part(bytes.subarray(from, end), true), '\n');
      from = end + 1;
    }
    texts.push(this.#part(bytes.subarray(from), false));
    return texts.join('');
  }

  /** What is left when there are no more bytes. */
  end(): string {
    return this.#part(NOTHING, true);
  }

  /** @param isEnd whether the line ends there */
  #part(bytes: Uint8Array, isEnd: boolean): string {
    if (this.#isBroken) {
      this.#isBroken = !isEnd;
      return '';
    }
    try {
      return this.#decoder.decode(bytes, { stream: !isEnd });
    } catch {
      this.#decoder = fatalDecoder();
      this.#isBroken = !isEnd;
      return NOT_UTF8;
    }
  }
}

function fatalDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true });
}
