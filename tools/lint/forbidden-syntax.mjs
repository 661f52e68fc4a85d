/** House rules that forbid one piece of syntax each: rule by name, the selector that finds it, and what to write instead. */
const FORBIDDEN = {
  'no-default-export': {
    selector: 'ExportDefaultDeclaration',
    message: 'Named exports only: a name that everybody spells alike can be searched.',
  },
  'no-enum': {
    selector: 'TSEnumDeclaration',
    message: 'Use a union of literals, or a const object and `type X = (typeof X)[keyof typeof X]`.',
  },
  'telling-name': {
    selector:
      ':matches(ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)' +
      '[id.name=/^I[A-Z][a-z]|(Impl|Manager|Helpers?|Utils?)$/]',
    message: 'Say what it is in the domain: no I prefix, no Impl, Manager, Helper or Util.',
  },
  'constructor-arguments': {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>4]',
    message: 'Four arguments at most: split the class, or take an options type.',
  },
  'no-assertion': {
    selector:
      'TSAsExpression' +
      ':not([typeAnnotation.typeName.name="const"])' +
      ':not(FunctionDeclaration[id.name=/^parse/] TSAsExpression)' +
      ':not(VariableDeclarator[id.name=/^parse/] TSAsExpression)' +
      ':not(MethodDefinition[key.name=/^parse/] TSAsExpression)',
    message: 'Only a function named parse… may assert a type: it has just checked it.',
  },
  'no-current-date': {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Time comes from the Clock port.',
  },
  'no-sleep': {
    selector: 'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]',
    message: 'Wait on a condition, not for a time.',
  },
};

export const forbiddenSyntax = Object.fromEntries(
  Object.entries(FORBIDDEN).map(([name, { selector, message }]) => [
    name,
    {
      meta: { type: 'suggestion', schema: [], messages: { forbidden: message } },
      create: (context) => ({ [selector]: (node) => context.report({ node, messageId: 'forbidden' }) }),
    },
  ]),
);
