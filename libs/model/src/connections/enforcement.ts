import { parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { PlaceholderContext } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';
import type { Enforcement } from './connection.js';
import { ConnectionIdEnforcementFailed } from './errors.js';

export function readEnforcement(reader: ConfigReader): Enforcement | undefined {
  const input = reader.parsed('input', reader.text('input', "a text such as '{{ source:address }}'"), parseTemplate);
  const filters = reader.texts('filters').flatMap((text, index) => {
    const filter = reader.parsed(['filters', String(index)], text, parseTemplate);
    return filter === undefined ? [] : [filter];
  });
  if (filters.length === 0) reader.fault('filters', 'must hold at least one text');
  return input && { input, filters };
}

/** @throws ConnectionIdEnforcementFailed the message may not be about the thing in the context's `entityId` */
export function enforce({ input, filters }: Enforcement, context: PlaceholderContext): void {
  const inputs = resolveTemplate(input, context);
  const isAllowed = filters.some((filter) => {
    const texts = resolveTemplate(filter, context);
    return (
      inputs.kind === 'resolved' &&
      texts.kind === 'resolved' &&
      texts.values.some((text) => inputs.values.includes(text))
    );
  });
  if (isAllowed) return;
  const shown = inputs.kind === 'resolved' ? inputs.values.join(',') : input.text;
  throw new ConnectionIdEnforcementFailed(context.entityId ?? '', shown.slice(0, 256));
}
