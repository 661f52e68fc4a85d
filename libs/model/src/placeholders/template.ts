import { ExpressionTooComplex, PlaceholderUnresolved } from './errors.js';
import { parseExpression } from './expression.js';
import type { Expression } from './expression.js';
import type { PlaceholderContext, Prefixes } from './prefixes.js';
import { DELETED, UNRESOLVED, resolved } from './resolution.js';
import type { Resolution } from './resolution.js';

/** Most texts that placeholders with several values may usually lead to. */
const MAX_TEXTS = 100;

/** A text with `{{ … }}` placeholders, parsed. */
export interface Template {
  readonly text: string;
  readonly parts: readonly Expression[];
}

/**
 * @param known the prefixes that mean something in this place; the usual ones when absent
 * @throws PlaceholderUnresolved an unknown prefix or name, or braces without an end
 * @throws FunctionUnknown @throws FunctionSignatureInvalid @throws ExpressionTooComplex
 */
export function parseTemplate(text: string, known?: Prefixes): Template {
  const parts: Expression[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    const close = endOfExpression(text, open + 2);
    if (close < 0) throw new PlaceholderUnresolved(text.slice(open));
    if (open > at) parts.push(literal(text.slice(at, open)));
    parts.push(parseExpression(text.slice(open + 2, close), known));
    at = close + 2;
  }
  if (at < text.length || text === '') parts.push(literal(text.slice(at)));
  return { text, parts };
}

/**
 * The texts that the template stands for: one for each combination of its placeholders' values.
 * One deleted placeholder deletes the whole, else an unresolved one leaves it unresolved.
 * @throws ExpressionTooComplex more than `maxTexts`
 */
export function resolveTemplate(template: Template, context: PlaceholderContext, maxTexts = MAX_TEXTS): Resolution {
  let texts: readonly string[] = [''];
  let unresolved = false;
  for (const part of template.parts) {
    const resolution = part(context);
    if (resolution.kind === 'deleted') return DELETED;
    if (resolution.kind === 'unresolved') unresolved = true;
    else texts = combine(texts, resolution.values, maxTexts);
  }
  return unresolved ? UNRESOLVED : resolved(texts);
}

/**
 * Functions without braces, e.g. `fn:filter(header:qos,'ne','0')`: it holds when something is left of what goes in.
 * @throws as {@link parseTemplate}
 */
export function parseCondition(text: string): Template {
  return parseTemplate(`{{ fn:default('true') | ${text} }}`);
}

export function holds(condition: Template, context: PlaceholderContext): boolean {
  return resolveTemplate(condition, context).kind === 'resolved';
}

function combine(texts: readonly string[], values: readonly string[], maxTexts: number): readonly string[] {
  const count = texts.length * values.length;
  if (count > maxTexts) throw new ExpressionTooComplex(`it stands for more than ${maxTexts} texts`);
  if (count === 1) return [`${texts[0] ?? ''}${values[0] ?? ''}`];
  return texts.flatMap((text) => values.map((value) => text + value));
}

function literal(text: string): Expression {
  const resolution = resolved([text]);
  return () => resolution;
}

/** Index of the closing braces outside quotes, or -1. */
function endOfExpression(text: string, from: number): number {
  for (let at = from; at < text.length - 1; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) return -1;
      at = end;
    } else if (character === '}' && text.charAt(at + 1) === '}') {
      return at;
    }
  }
  return -1;
}
