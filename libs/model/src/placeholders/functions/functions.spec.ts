import { DELETED, UNRESOLVED, resolved } from '../resolution.js';
import type { Resolution } from '../resolution.js';
import { pipelineFunctions } from './index.js';

const absent = UNRESOLVED;
const of = (...values: string[]): Resolution => resolved(values);

describe('pipeline functions', () => {
  it.each<[string, Resolution, Resolution[], Resolution]>([
    ['lower', of('ÄB'), [], of('äb')],
    ['upper', of('ab', 'c'), [], of('AB', 'C')],
    ['trim', of(' a '), [], of('a')],
    ['replace', of('a.a'), [of('a'), of('$&')], of('$&.$&')],
    ['substring-before', of('a:b:c'), [of(':')], of('a')],
    ['substring-before', of('abc'), [of(':')], absent],
    ['substring-after', of('a:b:c'), [of(':')], of('b:c')],
    ['substring-after', of('abc', 'a:b'), [of(':')], of('b')],
    ['split', of('a,b', 'c'), [of(',')], of('a', 'b', 'c')],
    ['join', of('a', 'b'), [of('-')], of('a-b')],
    ['join', absent, [of('-')], absent],
    ['default', absent, [of('x')], of('x')],
    ['default', of('a'), [of('x')], of('a')],
    ['default', absent, [absent], absent],
    ['delete', of('a'), [], DELETED],
    ['url-encode', of("a b/ü'*"), [], of('a+b%2F%C3%BC%27*')],
    ['url-encode', of('\ud800'), [], of('%3F')],
    ['url-decode', of('a+b%2F%C3%BC'), [], of('a b/ü')],
    ['url-decode', of('%'), [], absent],
    ['base64-encode', of('ü'), [], of('w7w=')],
    ['base64-decode', of('w7w='), [], of('ü')],
    ['base64-decode', of('!'), [], absent],
    ['filter', of('a', 'b'), [of('eq'), of('a')], of('a')],
    ['filter', of('a', 'b'), [of('ne'), of('a')], of('b')],
    ['filter', of('abc', 'xbc', 'q'), [of('like'), of('a*|?')], of('abc', 'q')],
    ['filter', of('a'), [of('v'), of('eq'), of('v')], of('a')],
    ['filter', of('a'), [of('v'), of('eq'), of('w')], absent],
    ['filter', of('a'), [absent, of('eq'), of('')], absent],
    ['filter', of('a'), [absent, of('ne'), of('w')], of('a')],
    ['filter', of('a'), [of('v'), of('exists')], of('a')],
    ['filter', of('a'), [absent, of('exists')], absent],
    ['filter', of('a'), [absent, of('exists'), of('false')], of('a')],
    ['filter', of('a'), [of('v'), of('exists'), of('false')], absent],
    ['filter', of('a'), [of('v'), of('__proto__'), of('v')], absent],
    ['filter', of('a'), [of('exists')], of('a')],
    ['filter', absent, [of('exists')], absent],
    ['filter', of('a'), [of('exists'), of('true')], of('a')],
    ['filter', of('a'), [of('exists'), of('false')], absent],
    ['filter', of('a'), [of('eq')], absent],
    ['format', of('{"a":1,"b":"x"}', '{"a":2}'), [of('{a}#{b}')], of('1#x', '2#')],
    ['format', of('{"r":"t","s":null,"roles":["op","admin"]}'), [of('{r}{s}:{roles}')], of('t:op', 't:admin')],
    [
      'format',
      of('{"r":"t","p":[{"n":"things","a":["read","write"]},{"n":"policies","a":["read"]}]}'),
      [of('{r}:{#p}{n}:{#a}{.}{/a}{/p}')],
      of('t:things:read', 't:things:write', 't:policies:read'),
    ],
    ['format', of('{"a":{"b":7}}'), [of('{/a/b} {a} \\{a\\}')], of('7 {"b":7} {a}')],
    ['format', of('no JSON', '[1]', '7'), [of('{a}')], absent],
    ['format', of('{"a":1}'), [of('{#a}')], absent],
    ['format', of('{"__proto__":1,"a":1}'), [of('{constructor}{__proto__}{//}')], of('1')],
    ['format', of('{"a":[]}'), [of('x{#a}{.}{/a}')], absent],
    ['format', absent, [of('x')], absent],
    ['lower', absent, [], absent],
    ['replace', of('a'), [absent, of('b')], absent],
  ])('fn:%s of %j with %j is %j', (name, input, args, output) => {
    expect(pipelineFunctions.get(name)?.apply(input, args)).toEqual(output);
  });
});
