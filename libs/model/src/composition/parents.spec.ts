import { parseThingId } from '../ids/index.js';
import { CountInvalid } from './errors.js';
import { linkCommand, parentLinks, parseCount, unlinkCommand } from './parents.js';

const child = parseThingId('a:child');
const parent = parseThingId('a:parent');
const withParents = (stored: string | null | Record<string, number | string | null>) => ({
  attributes: { _parents: stored },
});

describe('parentLinks', () => {
  it.each([
    ['a twin with a parent', 'twin', withParents('a:parent'), [{ parentId: 'a:parent', count: 1 }]],
    [
      'a type with parents',
      'type',
      withParents({ 'a:parent': 2, 'b:p': 1 }),
      [
        { parentId: 'a:parent', count: 2 },
        { parentId: 'b:p', count: 1 },
      ],
    ],
    ['a root', 'twin', { attributes: {} }, []],
    ['a thing without attributes', 'type', {}, []],
    ['null', 'twin', withParents(null), []],
    ['the form of the other kind', 'twin', withParents({ 'a:parent': 2 }), []],
    ['the form of the other kind', 'type', withParents('a:parent'), []],
    ['what is no id', 'twin', withParents('notfound'), []],
    ['broken counts', 'type', withParents({ 'a:p': 0, 'a:q': -1, 'a:r': 1.5, 'a:s': '3abc', 'a:t': null }), []],
  ] as const)('reads %s of a %s', (_case, kind, thing, expected) => {
    expect(parentLinks(thing, kind)).toEqual(expected);
  });
});

describe('parseCount', () => {
  it.each([
    ['1', 1],
    ['004', 4],
    ['100', 100],
  ])('takes %s', (text, count) => {
    expect(parseCount(text, 100)).toBe(count);
  });

  it.each(['0', '-2', '3abc', 'abc', '1.5', '1e1', '', ' 1', '101', '9'.repeat(400)])('refuses %j', (text) => {
    expect(() => parseCount(text, 100)).toThrow(CountInvalid);
  });
});

describe('linkCommand', () => {
  it('replaces the parent of a twin', () => {
    expect(linkCommand('twin', child, { parentId: parent, count: 1 })).toMatchObject({
      kind: 'merge',
      value: 'a:parent',
    });
  });

  it('adds a parent to those of a type', () => {
    expect(linkCommand('type', child, { parentId: parent, count: 3 })).toMatchObject({
      kind: 'merge',
      value: { 'a:parent': 3 },
    });
  });
});

describe('unlinkCommand', () => {
  it('keeps the other parents of a type', () => {
    const command = unlinkCommand('type', withParents({ 'a:parent': 2, other: 1 }), child, parent);

    expect(command).toMatchObject({ path: ['attributes', '_parents', 'a:parent'], value: null });
  });

  it('removes the attribute with the last parent', () => {
    const command = unlinkCommand('type', withParents({ 'a:parent': 2 }), child, parent);

    expect(command).toMatchObject({ path: ['attributes', '_parents'], value: null });
  });
});
