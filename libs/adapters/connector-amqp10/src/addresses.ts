import type { Source, TerminusOptions } from 'rhea';

const PREFIXED = /^(queue|topic):\/\/(.+)$/s;

/** Source or target of a link; what is neither called a queue nor a topic is a queue, as Ditto has it. */
export function terminusOf(address: string): Pick<Source & TerminusOptions, 'address' | 'capabilities'> {
  const [, kind = 'queue', name = address] = PREFIXED.exec(address) ?? [];
  return { address: name, capabilities: [kind] };
}
