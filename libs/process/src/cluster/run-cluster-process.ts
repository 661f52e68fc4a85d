import type { DynamicModule } from '@nestjs/common';
import { VERSION, runProcess } from '../running/index.js';
import type { AdjustableLogger } from '../running/index.js';
import { startHttp } from '../serving/index.js';
import type { ListenSettings } from '../serving/index.js';
import type { LogLevel } from '../settings/index.js';

/** What one app of the cluster is. */
export interface ClusterApp<Settings extends ListenSettings & { readonly GEMEL_LOG_LEVEL: LogLevel }> {
  /** Folder below `apps`. */
  readonly name: string;
  readonly readSettings: (environment: Readonly<Record<string, string | undefined>>) => Settings;
  readonly compose: (settings: Settings, log: AdjustableLogger) => DynamicModule;
}

/** Runs an app that serves HTTP and nothing else. */
export function runClusterProcess<Settings extends ListenSettings & { readonly GEMEL_LOG_LEVEL: LogLevel }>(
  { name, readSettings, compose }: ClusterApp<Settings>,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  return runProcess(
    {
      name: `gemel-${name}`,
      command: `node apps/${name}/bundle/main.js`,
      flags: {},
      readSettings,
      start: async (settings, log) => {
        const http = await startHttp(compose(settings, log), settings);
        log.info({ url: http.url, version: VERSION }, 'ready');
        return {
          ready: { app: name, http: http.url },
          welcome: `gemel-${name} ${VERSION} is ready: ${http.url}\n`,
          close: () => http.close(),
          closing: () => http.closing(),
        };
      },
    },
    args,
    environment,
  );
}
