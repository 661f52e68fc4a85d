import { defineError } from '../errors/index.js';

export const PlaceholderUnresolved = defineError('placeholder:unresolved', 400, (expression: string) => ({
  message: `The placeholder '${expression}' does not name anything here.`,
  description: "Write '{{ prefix:name }}' with a prefix and a name that exist in this place.",
}));

export const FunctionUnknown = defineError(
  'placeholder:function.unknown',
  400,
  (name: string, known: readonly string[]) => ({
    message: `There is no pipeline function 'fn:${name}'.`,
    description: `The functions are ${known.join(', ')}.`,
  }),
);

export const FunctionSignatureInvalid = defineError(
  'placeholder:function.signature.invalid',
  400,
  (call: string, signature: string) => ({
    message: `'${call}' is not a valid call of a pipeline function.`,
    description: `Write ${signature}.`,
  }),
);

export const ExpressionTooComplex = defineError('placeholder:function.too.complex', 400, (limit: string) => ({
  message: `The placeholder expression is too complex: ${limit}.`,
  description: 'Use fewer functions, or fewer placeholders with several values.',
}));
