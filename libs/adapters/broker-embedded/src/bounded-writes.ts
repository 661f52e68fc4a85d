import type { Duplex } from 'node:stream';

type Written = (error?: Error | null) => void;

/**
 * Lets writes never wait: aedes holds a publisher back until its slowest subscriber has taken the message.
 * Instead a client with more than `limit` bytes outstanding is closed; `onSlow` hears of it.
 */
export function boundWrites(connection: Duplex, limit: number, onSlow: () => void): void {
  const write = connection.write.bind(connection);
  connection.write = (chunk: unknown, encoding?: BufferEncoding | Written, written?: Written): boolean => {
    if (connection.destroyed) return true;
    if (connection.writableLength > limit) {
      onSlow();
      connection.destroy(new Error(`more than ${limit} bytes wait to be taken`));
    } else if (typeof encoding === 'string') {
      write(chunk, encoding, written);
    } else {
      write(chunk, encoding);
    }
    return true;
  };
}
