import { statSync } from 'node:fs';
import { availableParallelism, hostname, networkInterfaces, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ReadinessCheck } from '@gemel/api/operations';
import { isJsonObject } from '@gemel/model/json';
import type { JsonObject, JsonValue } from '@gemel/model/json';
import { compositeStatus, leafStatus } from '@gemel/model/operations';
import type { StatusInfo } from '@gemel/model/operations';
import { VERSION } from '../running/index.js';

const BYTES_PER_MB = 1_048_576;

/** What never changes while the process runs, by Ditto's names. */
export function staticStatus(service: string, instance: string): JsonObject {
  return {
    service,
    'service-version': VERSION,
    'build-timestamp': statSync(fileURLToPath(import.meta.url)).mtime.toISOString(),
    hostname: hostname(),
    'local-address': localAddress(),
    instance,
    'processor-count': availableParallelism(),
    'total-memory': `${String(Math.floor(totalmem() / BYTES_PER_MB))} MB`,
  };
}

/** The readiness in Ditto's form: a part that is away is DOWN when nothing goes without it; all else is a warning. */
export async function healthOf(readiness: ReadinessCheck): Promise<StatusInfo> {
  const { isReady, report } = await readiness.check();
  const parts = report['parts'];
  if (parts === undefined || !isJsonObject(parts)) {
    return leafStatus(
      'process',
      isReady ? 'UP' : 'DOWN',
      isReady ? [] : [{ ERROR: { phase: report['phase'] ?? null } }],
    );
  }
  return compositeStatus(Object.entries(parts).map(([name, part]) => partHealth(name, part)));
}

function partHealth(name: string, part: JsonValue): StatusInfo {
  if (!isJsonObject(part) || part['status'] === 'UP') return leafStatus(name, 'UP');
  const reason = part['reason'] ?? 'it is not there';
  return part['required'] === true && part['status'] === 'DOWN'
    ? leafStatus(name, 'DOWN', [{ ERROR: reason }])
    : leafStatus(name, 'UP', [{ WARN: reason }]);
}

function localAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
