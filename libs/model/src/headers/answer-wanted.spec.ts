import { GemelError } from '../errors/index.js';
import { HeaderInvalid, parseAnswerWanted, parseRequestedAcks } from './index.js';
import type { AnswerKind } from './index.js';

type Row = [responseRequired: string | undefined, requestedAcks: string | undefined, timeout: string | undefined];

function wanted([responseRequired, requestedAcks, timeout]: Row, kind: AnswerKind = 'twin') {
  return parseAnswerWanted({ responseRequired, requestedAcks, timeout }, kind);
}

function code(row: Row, kind: AnswerKind = 'twin'): string {
  try {
    wanted(row, kind);
    return 'accepted';
  } catch (error) {
    return error instanceof GemelError ? error.code : 'bug';
  }
}

describe('Acknowledgements: Default header values', () => {
  it.each<[Row, { response: boolean; acks: string[]; timeoutMs?: number }]>([
    [[undefined, undefined, undefined], { response: true, acks: ['twin-persisted'] }],
    [['true', undefined, undefined], { response: true, acks: ['twin-persisted'] }],
    [['false', undefined, undefined], { response: false, acks: [] }],
    [[undefined, undefined, '0'], { response: false, acks: [], timeoutMs: 0 }],
    [[undefined, undefined, '5'], { response: true, acks: ['twin-persisted'], timeoutMs: 5_000 }],
    [['false', undefined, '0s'], { response: false, acks: [], timeoutMs: 0 }],
    [['false', 'custom', '1m'], { response: false, acks: ['custom'], timeoutMs: 60_000 }],
    [[undefined, '', '250ms'], { response: true, acks: [], timeoutMs: 250 }],
    [[undefined, '[]', undefined], { response: true, acks: [] }],
    [[undefined, 'live-response', '0'], { response: false, acks: [], timeoutMs: 0 }],
    [[undefined, 'live-response,custom', undefined], { response: true, acks: ['custom'] }],
    [
      [undefined, 'search-persisted, twin-persisted', undefined],
      { response: true, acks: ['search-persisted', 'twin-persisted'] },
    ],
  ])('of a change: %j gives %j', (row, expected) => expect(wanted(row)).toEqual({ timeoutMs: undefined, ...expected }));

  it.each<[Row, string, AnswerKind]>([
    [['true', undefined, '0'], 'header.invalid', 'twin'],
    [['false', 'twin-persisted', '0'], 'header.invalid', 'twin'],
    [[undefined, 'custom', '0ms'], 'header.invalid', 'twin'],
    [['true', undefined, '0'], 'header.invalid', 'none'],
    [[undefined, 'custom', '0'], 'accepted', 'none'],
    [['maybe', undefined, undefined], 'header.invalid', 'twin'],
    [[undefined, 'a', undefined], 'header.invalid', 'twin'],
    [[undefined, undefined, 'x'], 'timeout.invalid', 'twin'],
    [[undefined, undefined, '-1'], 'timeout.invalid', 'twin'],
    [[undefined, undefined, '1.5s'], 'timeout.invalid', 'twin'],
    [[undefined, undefined, ''], 'timeout.invalid', 'twin'],
  ])('%j is %s', (row, expected, kind) => expect(code(row, kind)).toBe(expected));
});

describe('the header requested-acks', () => {
  it.each([
    ['a-b,c_d:e', ['a-b', 'c_d:e']],
    [' abc , , abc ', ['abc']],
    ['["abc","twin-persisted"]', ['abc', 'twin-persisted']],
    [' []', []],
    ['{{connection:id}}:abc', ['{{connection:id}}:abc']],
    ['x'.repeat(165), ['x'.repeat(165)]],
  ])('%j asks for %j', (text, labels) => expect(parseRequestedAcks(text)).toEqual(labels));

  it.each(['ab', 'a b c', 'ä-label', 'x'.repeat(166), '[1]', '["ab"]', '[', '[["abc"]]', '["abc"', '{"abc":1}'])(
    'cannot be %j',
    (text) => {
      expect(() => parseRequestedAcks(text)).toThrow(HeaderInvalid);
    },
  );
});
