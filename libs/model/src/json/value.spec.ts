import { member, withMember, withoutMember } from './value.js';

describe('JSON members', () => {
  it('treats __proto__ as a key like any other', () => {
    const object = withMember({ a: 1 }, '__proto__', { polluted: true });
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(member(object, '__proto__')).toEqual({ polluted: true });
    expect(member({}, '__proto__')).toBeUndefined();
    expect(Object.hasOwn(withoutMember(object, '__proto__'), '__proto__')).toBe(false);
  });
});
