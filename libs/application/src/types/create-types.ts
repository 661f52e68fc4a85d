import type { Clock, RecordStore } from '../ports/index.js';
import { InstanceTemplates } from './instance-templates.js';
import { TwinConformance } from './twin-conformance.js';
import { TwinRules } from './twin-rules.js';
import { TypeCatalog } from './type-catalog.js';
import { VersionShelf } from './version-shelf.js';

/** What is known of types; made once, since it keeps what it has worked out. */
export interface Types {
  readonly catalog: TypeCatalog;
  readonly rules: TwinRules;
  readonly conformance: TwinConformance;
  readonly templates: InstanceTemplates;
}

export function createTypes({ records, clock }: { readonly records: RecordStore; readonly clock: Clock }): Types {
  const catalog = new TypeCatalog(new VersionShelf(records, clock));
  const rules = new TwinRules(catalog);
  return { catalog, rules, conformance: new TwinConformance(rules), templates: new InstanceTemplates(catalog) };
}
