import type { Template } from '../placeholders/index.js';
import type { ConfigReader } from './config-reader.js';

/** The `specificConfig` of Hono connections; where Hono's Kafka is, the operator says. */
export interface HonoConfig {
  readonly tenantId: string;
  readonly groupId: string;
  readonly debugEnabled: boolean;
}

const SOURCE_ALIASES = ['event', 'telemetry', 'command_response'];
const TARGET_ALIAS = 'command';

export function readHonoConfig(connectionId: string, reader: ConfigReader): HonoConfig {
  return {
    tenantId: reader.optionalText('honoTenantId') ?? connectionId,
    groupId: reader.optionalText('groupId') ?? connectionId,
    debugEnabled: reader.boolean('debugEnabled', false),
  };
}

export function honoSourceFault(address: string): string | undefined {
  return SOURCE_ALIASES.includes(address) ? undefined : `must be one of ${SOURCE_ALIASES.join(', ')}`;
}

export function honoTargetFault({ text }: Template): string | undefined {
  return text === TARGET_ALIAS ? undefined : `must be '${TARGET_ALIAS}'`;
}

/** Topic of Kafka that a source's alias stands for. */
export function honoTopic(alias: string, { tenantId }: HonoConfig): string {
  return `hono.${alias}.${tenantId}`;
}
