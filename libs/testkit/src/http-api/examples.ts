/** A request in a page of the documentation, and what it says of the answer. */
export interface Example {
  readonly user: string;
  readonly status: number;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined when there is none. */
  readonly body: string | undefined;
  /** What must be in the answer, as JSON. */
  readonly response: string | undefined;
}

/**
 * A page's examples in order: ```http blocks, each with the ```json response that follows it, if one does. A block is a
 * request line, headers, an empty line and the body; `status=` and `user=` are behind `http`.
 */
export function examplesOf(page: string): readonly Example[] {
  const blocks = [
    ...page.matchAll(/```http (?<facts>[^\n]*)\n(?<text>.*?)\n```(?:\n\n```json response\n(?<response>.*?)\n```)?/gs),
  ];
  return blocks.map(({ groups = {} }) => {
    const { facts = '', text = '', response } = groups;
    const { user = 'ditto', status = '' } = Object.fromEntries(facts.split(' ').map((fact) => fact.split('=')));
    const [head = '', ...bodies] = text.split('\n\n');
    const [first = '', ...lines] = head.split('\n');
    const [method = '', path = ''] = first.split(' ');
    const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
    const body = bodies.length === 0 ? undefined : bodies.join('\n\n');
    return {
      user,
      status: Number(status),
      method: method as Example['method'],
      path: encodeURI(path),
      headers: Object.fromEntries(headers) as Readonly<Record<string, string>>,
      body,
      response,
    };
  });
}
