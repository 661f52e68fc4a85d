import { isJsonObject, member } from '@gemel/model/json';
import type { ThingItem } from '@gemel/model/types';
import type { ImportLine, ReadLines } from './portion.js';

/** What a dry run takes for granted, since other lines would bring it. One ID takes about a hundred bytes. */
export class KnownIds {
  readonly things = new Set<string>();
  readonly #policies = new Set<string>();

  add({ items }: ReadLines): void {
    for (const { item } of items) {
      if (item.kind === 'policy') this.#policies.add(item.policyId);
      else if (item.kind !== 'version') this.things.add(item.thingId);
    }
  }

  bringsPolicyOf(line: ImportLine<ThingItem> | undefined): boolean {
    const thing = line?.item.thing;
    const policyId = isJsonObject(thing) ? member(thing, 'policyId') : undefined;
    return typeof policyId === 'string' && this.#policies.has(policyId);
  }
}
