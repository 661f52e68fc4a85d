import { parseThingId } from '../ids/index.js';
import type { ThingId } from '../ids/index.js';
import { parseTemplate, resolveTemplate } from '../placeholders/index.js';
import type { PlaceholderContext, Template } from '../placeholders/index.js';
import { MessageMappingFailed } from './errors.js';

/** The id of a thing, which is checked at once when it holds no placeholders. @throws ThingIdInvalid */
export function parseThingIdTemplate(text: string): Template {
  if (!text.includes('{{')) parseThingId(text);
  return parseTemplate(text);
}

/** @throws MessageMappingFailed it does not resolve */
export function resolvedText(mapper: string, template: Template, context: PlaceholderContext): string {
  const resolution = resolveTemplate(template, context);
  const text = resolution.kind === 'resolved' ? resolution.values[0] : undefined;
  if (text === undefined) throw new MessageMappingFailed(mapper, `'${template.text}' does not resolve`);
  return text;
}

/** @throws MessageMappingFailed @throws ThingIdInvalid */
export function resolvedThingId(mapper: string, template: Template, context: PlaceholderContext): ThingId {
  return parseThingId(resolvedText(mapper, template, context));
}
