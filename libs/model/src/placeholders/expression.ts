import { ExpressionTooComplex, FunctionSignatureInvalid, FunctionUnknown, PlaceholderUnresolved } from './errors.js';
import { pipelineFunctions } from './functions/index.js';
import type { PipelineFunction } from './functions/index.js';
import { prefixes } from './prefixes.js';
import type { PlaceholderContext, Prefixes } from './prefixes.js';
import { DELETED, UNRESOLVED, resolved } from './resolution.js';
import type { Resolution } from './resolution.js';

/** Most functions in one pipeline. */
const MAX_FUNCTIONS = 10;

/** What stands between the braces: `prefix:name | fn:a('x') | fn:b()`. */
export type Expression = (context: PlaceholderContext) => Resolution;

interface Call {
  readonly function: PipelineFunction;
  readonly args: readonly Expression[];
}

/**
 * @param known the prefixes that mean something in this place
 * @throws PlaceholderUnresolved @throws FunctionUnknown @throws FunctionSignatureInvalid @throws ExpressionTooComplex
 */
export function parseExpression(text: string, known: Prefixes = prefixes): Expression {
  const stages = splitOutsideQuotes(text, '|').map((stage) => stage.trim());
  const startsWithCall = stages[0]?.startsWith('fn:') === true;
  const [first = '', ...functions] = startsWithCall ? ['', ...stages] : stages;
  if (functions.length > MAX_FUNCTIONS) throw new ExpressionTooComplex(`it has more than ${MAX_FUNCTIONS} functions`);
  // A function at the beginning has nothing to work on, as in Ditto: `fn:default('x')` is fine.
  const input = startsWithCall ? NOTHING : parsePlaceholder(first, known);
  const calls = functions.map((each) => parseCall(each, known));
  return (context) => calls.reduce((before, call) => apply(call, before, context), input(context));
}

const NOTHING: Expression = () => UNRESOLVED;

function apply(call: Call, input: Resolution, context: PlaceholderContext): Resolution {
  if (input.kind === 'deleted') return DELETED;
  return call.function.apply(
    input,
    call.args.map((arg) => arg(context)),
  );
}

function parsePlaceholder(text: string, known: Prefixes): Expression {
  const colon = text.indexOf(':');
  const prefix = known.get(text.slice(0, colon));
  const name = text.slice(colon + 1);
  if (colon < 0 || !prefix?.knows(name)) throw new PlaceholderUnresolved(text);
  return (context) => resolved(prefix.resolve(name, context).filter((value) => value !== undefined));
}

function parseCall(text: string, known: Prefixes): Call {
  const match = /^fn:([a-z0-9-]+)\s*\((.*)\)$/s.exec(text);
  if (match === null) throw new FunctionSignatureInvalid(text, "fn:name('argument', …)");
  const [, name = '', list = ''] = match;
  const called = pipelineFunctions.get(name);
  if (called === undefined) throw new FunctionUnknown(name, [...pipelineFunctions.keys()]);
  const args = list.trim() === '' ? [] : splitOutsideQuotes(list, ',');
  const [fewest, most] = called.arity;
  if (args.length < fewest || args.length > most) throw new FunctionSignatureInvalid(text, called.signature);
  return { function: called, args: args.map((arg) => parseArgument(arg.trim(), known)) };
}

function parseArgument(text: string, known: Prefixes): Expression {
  const constant = /^(['"])(.*)\1$/s.exec(text)?.[2];
  if (constant === undefined) return parsePlaceholder(text, known);
  const value = resolved([constant]);
  return () => value;
}

/** Quoted text, single or double, keeps its separators; there are no escapes. */
export function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end > 0) at = end;
    } else if (character === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
