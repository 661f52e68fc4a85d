import { GemelError } from '@gemel/model/errors';
import type { ImportPhase, LineError } from '@gemel/model/jobs';
import type { JsonObject } from '@gemel/model/json';
import { parseTransferLine } from '@gemel/model/types';
import type { TransferItem } from '@gemel/model/types';

/** An item, and the line that it stands on, counted from 1. */
export interface ImportLine<Item extends TransferItem = TransferItem> {
  readonly line: number;
  readonly item: Item;
}

/** Lines that hold items, and those that do not. Empty lines are neither. */
export interface ReadLines {
  readonly items: readonly ImportLine[];
  readonly errors: readonly LineError[];
}

export function readLines(first: number, lines: readonly string[]): ReadLines {
  const items: ImportLine[] = [];
  const errors: LineError[] = [];
  lines.forEach((text, index) => {
    if (text.trim() === '') return;
    const line = first + index;
    try {
      items.push({ line, item: parseTransferLine(text, line) });
    } catch (error) {
      if (!(error instanceof GemelError)) throw error;
      errors.push({ line, error: { ...error.toJson() } });
    }
  });
  return { items, errors };
}

export function isOf<Phase extends ImportPhase>(
  phase: Phase,
): (line: ImportLine) => line is ImportLine<Extract<TransferItem, { kind: Phase }>> {
  return (line): line is ImportLine<Extract<TransferItem, { kind: Phase }>> => line.item.kind === phase;
}

/** An error as it is kept for a line. */
export function lineError({ line, item }: ImportLine, error: GemelError): LineError {
  const about: JsonObject = item.kind === 'policy' ? { policyId: item.policyId } : { thingId: item.thingId };
  return { line, error: { ...about, ...error.toJson() } };
}
