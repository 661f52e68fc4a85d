/** What a client of an event stream has got so far. */
export interface StreamClient {
  /** The events' data, without heartbeats, oldest first. */
  readonly data: readonly string[];
  close(): void;
}

/** Follows changes of things as user `ditto`; resolves when the stream is open. */
export async function followThings(http: string, query: string): Promise<StreamClient> {
  const stopped = new AbortController();
  const response = await fetch(`${http}/api/2/things?${query}`, {
    headers: { authorization: `Basic ${btoa('ditto:ditto')}`, accept: 'text/event-stream' },
    signal: stopped.signal,
  });
  if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
  const data: string[] = [];
  void collect(response.body, data).catch(() => undefined);
  return { data, close: () => stopped.abort() };
}

async function collect(body: AsyncIterable<Uint8Array>, data: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:{')) data.push(line.slice('data:'.length));
  }
}
