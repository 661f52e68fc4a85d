import type { ServerResponse } from 'node:http';

/** Aborts when the client closes the connection before the answer has left. */
export function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const look = (): void => {
    if (!response.writableFinished) gone.abort();
  };
  if (response.destroyed) look();
  else response.once('close', look);
  return gone.signal;
}
