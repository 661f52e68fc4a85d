import { NameTemplateInvalid } from './refusals.js';

/** How the parts that a link makes are named: text with `{name}`, `{i}` and `{serial}`. */
export type NameTemplate = readonly (string | { readonly field: NameField })[];

type NameField = 'name' | 'i' | 'serial';

/** What stands for the fields. */
export interface NameFields {
  /** The name of the type or twin that it is made of: its id without the namespace. */
  readonly name: string;
  /** Counted from 1 below each parent. */
  readonly index: number;
  /** As the caller gives it; undefined when they give none. */
  readonly serial: string | undefined;
}

const MAX_LENGTH = 200;
const FIELD = /\{(name|i|serial)\}/;

/** @throws NameTemplateInvalid */
export function parseNameTemplate(text: string): NameTemplate {
  const parts = text.split(FIELD);
  const texts = parts.filter((_part, index) => index % 2 === 0);
  if (text === '' || text.length > MAX_LENGTH || texts.some((part) => /[{}/]/.test(part)))
    throw new NameTemplateInvalid(text);
  return parts.flatMap((part, index): NameTemplate => {
    if (index % 2 === 0) return part === '' ? [] : [part];
    return part === 'name' || part === 'i' || part === 'serial' ? [{ field: part }] : [];
  });
}

/** Whether parts of one parent have names of their own. */
export function tellsPartsApart(template: NameTemplate): boolean {
  return template.some((part) => typeof part !== 'string' && part.field !== 'name');
}

/** The name of a part; undefined when it needs a serial and there is none, or an empty one. */
export function nameOfPart(template: NameTemplate, { name, index, serial }: NameFields): string | undefined {
  const values = { name, i: String(index), serial: serial === '' ? undefined : serial };
  const texts = template.map((part) => (typeof part === 'string' ? part : values[part.field]));
  return texts.includes(undefined) ? undefined : texts.join('');
}
