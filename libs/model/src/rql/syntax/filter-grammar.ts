import { blanksAfter, literal, propertyLiteral, whiteSpace } from './literal-rules.js';
import { character, end, firstOf, group, named, oneOrMore, sequence, word } from './matching.js';
import type { Rule } from './matching.js';

const open = character('(');
const close = character(')');

/** An operator's name, which is a rule of its own. */
function operator(name: string): Rule {
  return named(name, () => sequence(word(name)));
}

const comparisonProperty = named('ComparisonProperty', () => propertyLiteral);
const comparisonValue = named('ComparisonValue', () => literal);
const singleComparisonName = named('SingleComparisonName', () =>
  firstOf(...['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'ilike'].map(operator)),
);
const multiComparisonName = named('MultiComparisonName', () => operator('in'));
const multiComparisonValues = named('MultiComparisonValues', () => oneOrMore(sequence(character(','), literal)));
const multiLogicalName = named('MultiLogicalName', () => firstOf(operator('and'), operator('or')));
const singleLogicalName = named('SingleLogicalName', () => operator('not'));

const singleComparison = named('SingleComparisonOp', () =>
  call(singleComparisonName, comparisonProperty, character(','), comparisonValue),
);
const multiComparison = named('MultiComparisonOp', () =>
  call(multiComparisonName, comparisonProperty, multiComparisonValues),
);
const multiLogical = named('MultiLogicalOp', () => call(multiLogicalName, oneOrMore(query, blanksAfter(','))));
const singleLogical = named('SingleLogicalOp', () => call(singleLogicalName, query));
const exists = named('ExistsOp', () => call(word('exists'), comparisonProperty));
const empty = named('EmptyOp', () => call(word('empty'), comparisonProperty));

const query: Rule = named('Query', () =>
  firstOf(singleComparison, multiComparison, multiLogical, singleLogical, exists, empty),
);

function call(name: Rule, ...args: readonly Rule[]): Rule {
  return group('action', sequence(name, open, ...args, close));
}

/** One RQL query. */
export const filterGrammar = named('PredicateRoot', () => sequence(whiteSpace, query, end));
