import fc from 'fast-check';
import { formatPointer } from '../json/index.js';
import { HeaderInvalid, parseMetadataHeaders } from './index.js';

const NONE = { put: undefined, get: undefined, delete: undefined };

describe('parseMetadataHeaders', () => {
  it('has nothing to say without the headers', () => {
    expect(parseMetadataHeaders(NONE)).toBeUndefined();
  });

  it('reads entries, elements that are no objects left out', () => {
    const put = '[{"key":"/attributes/a/unit","value":"m"},7,null,{"key":"*/issuedBy","value":{"name":"x"},"more":1}]';
    expect(parseMetadataHeaders({ ...NONE, put })).toEqual({
      put: [
        { key: ['attributes', 'a', 'unit'], value: 'm' },
        { key: ['*', 'issuedBy'], value: { name: 'x' } },
      ],
    });
  });

  it('reads lists of pointers, in all forms of field selectors', () => {
    const get = '/attributes/a,features/lamp/properties(r,g/x),*/unit';
    expect(parseMetadataHeaders({ ...NONE, get, delete: '*' })).toEqual({
      get: [
        ['attributes', 'a'],
        ['features', 'lamp', 'properties', 'r'],
        ['features', 'lamp', 'properties', 'g', 'x'],
        ['*', 'unit'],
      ],
      delete: [['*']],
    });
  });

  it('tells of empty headers, which count when several are there', () => {
    expect(parseMetadataHeaders({ put: '', get: ' ', delete: '' })).toEqual({ put: [], get: [], delete: [] });
  });

  it.each([
    ['put', 'x'],
    ['put', '{}'],
    ['put', '[{"value":1}]'],
    ['put', '[{"key":"a"}]'],
    ['put', '[{"key":7,"value":1}]'],
    ['put', '[{"key":"","value":1}]'],
    ['put', '[{"key":"/","value":1}]'],
    ['put', '[{"key":"a//b","value":1}]'],
    ['put', '[{"key":"a/~2","value":1}]'],
    ['get', 'a('],
    ['get', 'a,,b'],
    ['delete', 'a)'],
    ['delete', 'a//b'],
  ] as const)('refuses %s-metadata: %s', (name, text) => {
    expect(() => parseMetadataHeaders({ ...NONE, [name]: text })).toThrow(HeaderInvalid);
  });

  it('reads what was written, and throws nothing but HeaderInvalid', () => {
    const keys = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    const entries = fc.array(fc.record({ key: keys, value: fc.jsonValue() }));
    fc.assert(
      fc.property(entries, (list) => {
        const plain = JSON.parse(JSON.stringify(list)) as typeof list;
        const put = JSON.stringify(plain.map(({ key, value }) => ({ key: formatPointer(key), value })));
        expect(parseMetadataHeaders({ ...NONE, put })).toEqual({ put: plain });
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('put', 'get', 'delete'), (text, name) => {
        try {
          parseMetadataHeaders({ ...NONE, [name]: text });
        } catch (error) {
          expect(error).toBeInstanceOf(HeaderInvalid);
        }
      }),
    );
  });
});
