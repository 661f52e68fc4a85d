import { parseThingId } from '@gemel/model/ids';
import type { ThingId } from '@gemel/model/ids';
import { formatPointer, isJsonArray, isJsonObject, member, parsePointer } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import type { ValueChange, Version } from '@gemel/model/types';

export interface MigratedTwin {
  readonly thingId: ThingId;
  readonly changes: readonly ValueChange[];
}

interface MigrationEnds {
  readonly typeId: ThingId;
  readonly from: Version | undefined;
  readonly to: Version;
}

/** What is kept of a migration, so that it can be taken back. */
export function migrationRecord({ typeId, from, to }: MigrationEnds, twins: readonly MigratedTwin[]): JsonObject {
  return {
    typeId,
    ...(from === undefined ? {} : { from }),
    to,
    twins: twins.map(({ thingId, changes }) => ({
      thingId,
      changes: changes.map(({ pointer, ...values }) => ({ pointer: formatPointer(pointer), ...values })),
    })),
  };
}

/** Reads what `migrationRecord` made. */
export function parseMigrationRecord(content: JsonValue): readonly MigratedTwin[] {
  return itemsOf(content, 'twins').map((twin) => ({
    thingId: parseThingId(textOf(twin, 'thingId')),
    changes: itemsOf(twin, 'changes').map((change): ValueChange => {
      const [before, after] = [member(change, 'before'), member(change, 'after')];
      return {
        pointer: parsePointer(textOf(change, 'pointer')),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
    }),
  }));
}

function itemsOf(value: JsonValue, key: string): readonly JsonObject[] {
  const items = isJsonObject(value) ? member(value, key) : undefined;
  return isJsonArray(items) ? items.filter(isJsonObject) : [];
}

function textOf(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}
