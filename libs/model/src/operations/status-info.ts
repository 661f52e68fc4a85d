import type { JsonValue } from '../json/index.js';

export type Health = 'UP' | 'DOWN' | 'UNKNOWN';
type Level = 'INFO' | 'WARN' | 'ERROR';

/** A message under its level: `{"ERROR": "…"}`. */
export type StatusDetail = { readonly [level in Level]?: JsonValue };

/** Ditto's form of a health report, ready to be sent as JSON; members that have nothing to say are absent. */
export interface StatusInfo {
  readonly [member: string]: JsonValue;
  readonly label?: string;
  readonly status: Health;
  readonly details?: readonly StatusDetail[];
  readonly children?: readonly StatusInfo[];
}

/** A report without children. */
export function leafStatus(label: string, status: Health, details: readonly StatusDetail[] = []): StatusInfo {
  return { label, status, ...(details.length === 0 ? {} : { details }) };
}

/** DOWN when a child is, UP for none; names the children that have errors or warnings to tell, errors first. */
export function compositeStatus(children: readonly StatusInfo[]): StatusInfo {
  const details = [...toldBy(children, 'ERROR'), ...toldBy(children, 'WARN')];
  return {
    status: children.map(({ status }) => status).reduce(merged, children[0]?.status ?? 'UP'),
    ...(details.length === 0 ? {} : { details }),
    ...(children.length === 0 ? {} : { children }),
  };
}

export function withLabel(label: string, { label: _former, ...info }: StatusInfo): StatusInfo {
  return { label, ...info };
}

export function isHealthy({ status }: Pick<StatusInfo, 'status'>): boolean {
  return status !== 'DOWN';
}

function toldBy(children: readonly StatusInfo[], level: Level): readonly StatusDetail[] {
  const names = children.flatMap(({ label, details = [] }, index) =>
    details.filter((detail) => level in detail).map(() => label ?? `[${index}]`),
  );
  return names.length === 0 ? [] : [{ [level]: `See detailed messages for: ${names.join(', ')}.` }];
}

function merged(one: Health, other: Health): Health {
  if (one === 'DOWN' || other === 'DOWN') return 'DOWN';
  return one === 'UP' || other === 'UP' ? 'UP' : 'UNKNOWN';
}
