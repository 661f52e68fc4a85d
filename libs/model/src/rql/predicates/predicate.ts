import type { JsonValue } from '../../json/index.js';

export type Test = (value: JsonValue) => boolean;

/** Whether some value that a property names below `root` passes the test; false when it names none. */
export type SomeValue = (root: JsonValue, test: Test) => boolean;

/** What a predicate means for a property; the result asks one document. */
export type Predicate = (some: SomeValue) => Test;

export const anything: Test = () => true;
