import { isJsonArray, isJsonObject, member } from '../json/index.js';
import type { JsonObject, JsonValue } from '../json/index.js';
import type { Instant } from '../time/index.js';
import type { RqlProperty } from './criteria.js';
import type { Predicate, SomeValue, Test } from './predicates/index.js';
import { timeOf } from './rql-property.js';
import { timeValue } from './time-value.js';

/** Asks a predicate of what a property names. */
export function predicateAt(property: RqlProperty, predicate: Predicate, now: Instant): Test {
  const [root, id, ...path] = property;
  if (root !== 'features' || id !== '*') return predicate(valuesOf(property, now));
  if (path.length === 0) return predicate(someFeatureId);
  const test = predicate(someBelow(path));
  return (document) => {
    const features = featuresOf(document);
    for (const key of Object.keys(features)) if (test(member(features, key) ?? null)) return true;
    return false;
  };
}

/** Tells every value that a property names in a document, as predicates see them; arrays as they are, not their elements. */
export function collectValues(property: RqlProperty): (document: JsonObject, tell: (value: JsonValue) => void) => void {
  return (document, tell) => {
    const all: Predicate = (some) => (root) =>
      some(root, (value) => {
        tell(value);
        return false;
      });
    predicateAt(property, all, 0)(document);
  };
}

function valuesOf(property: RqlProperty, now: Instant): SomeValue {
  if (property.length === 1 && (property[0] === 'namespace' || property[0] === '_namespace')) return someNamespace;
  const time = timeOf(property);
  if (time === undefined) return someBelow(property);
  const value = timeValue(time, now);
  return (_root, test) => test(value);
}

const someNamespace: SomeValue = (root, test) => {
  if (!isJsonObject(root)) return false;
  const namespace = member(root, '_namespace') ?? namespaceOf(member(root, 'thingId'));
  return namespace !== undefined && test(namespace);
};

function namespaceOf(thingId: JsonValue | undefined): string | undefined {
  return typeof thingId === 'string' ? thingId.slice(0, Math.max(0, thingId.indexOf(':'))) : undefined;
}

const someFeatureId: SomeValue = (root, test) => Object.keys(featuresOf(root)).some(test);

function featuresOf(document: JsonValue): JsonObject {
  const features = isJsonObject(document) ? member(document, 'features') : undefined;
  return isJsonObject(features) ? features : {};
}

function someBelow(path: RqlProperty): SomeValue {
  return (root, test) => walk(root, path, 0, test);
}

/** Looks into the objects of an array on the way, but not into arrays in arrays (neither does MongoDB). */
function walk(root: JsonValue, path: RqlProperty, from: number, test: Test): boolean {
  let value = root;
  for (let index = from; index < path.length; index++) {
    if (isJsonArray(value)) {
      return value.some((element) => isJsonObject(element) && walk(element, path, index, test));
    }
    const next = isJsonObject(value) ? member(value, path[index] ?? '') : undefined;
    if (next === undefined) return false;
    value = next;
  }
  return test(value);
}
