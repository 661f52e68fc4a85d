import type { ThingId } from '@gemel/model/ids';
import type { JsonObject } from '@gemel/model/json';
import { liveThing } from '@gemel/model/things';
import { compileRules } from '@gemel/model/types';
import type { Conformance, Violation } from '@gemel/model/types';
import { idOf } from '../composition/index.js';
import type { StateStore } from '../ports/index.js';
import type { SignalContext } from '../signals/index.js';
import { typeOfTwin } from '../types/index.js';
import type { TwinRules, TypeCatalog, TypeOfTwin } from '../types/index.js';
import type { TypeAccess } from './type-access.js';

/** Where one twin breaks its type. */
export interface TwinReport {
  readonly thingId: ThingId;
  readonly typeId: ThingId;
  readonly violations: readonly Violation[];
}

export interface TwinReportsParts {
  readonly access: TypeAccess;
  readonly catalog: TypeCatalog;
  readonly rules: TwinRules;
  readonly states: Pick<StateStore, 'thing'>;
}

/** Tells where twins break their types, whether or not the types refuse that. */
export class TwinReports {
  constructor(private readonly parts: TwinReportsParts) {}

  /** Of those that do; of what the caller sees of them. */
  async of(twins: readonly JsonObject[]): Promise<readonly TwinReport[]> {
    const reports: TwinReport[] = [];
    for (const twin of twins) {
      const type = typeOfTwin(twin);
      if (type === undefined) continue;
      const violations = (await this.rulesOf(type))?.violations(twin) ?? [];
      if (violations.length > 0) reports.push({ thingId: idOf(twin), typeId: type.typeId, violations });
    }
    return reports;
  }

  /** What twins of a type are held to; undefined when to nothing. */
  rulesOf({ typeId, version }: TypeOfTwin): Promise<Conformance | undefined> {
    const { rules, states } = this.parts;
    return rules.of(typeId, version, async (id) => liveThing(await states.thing(id)));
  }

  /** Where content that nobody has stored would break a type as it is now. @throws what the catalog refuses */
  async check(typeId: ThingId, content: JsonObject, context: SignalContext): Promise<readonly Violation[]> {
    const { access, catalog } = this.parts;
    const { thing } = await access.readable(typeId, context);
    const { type } = await catalog.resolve(typeId, thing, access.source(context));
    return compileRules(type.rules).violations(content);
  }
}
