import { runProcess } from '@gemel/process/running';
import { readSettings } from './config.js';
import { startSample } from './sample.js';
import { startSolo } from './solo.js';
import { readyLine, welcomeText } from './welcome.js';

/** Until a signal ends it. */
export function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  return runProcess(
    {
      name: 'gemel',
      command: 'npm start --',
      flags: { sample: 'create the sample twins and a small device that feeds them' },
      readSettings,
      start: async (settings, log, { sample }) => {
        const solo = await startSolo(settings, log);
        const device = sample ? await startSample(solo, log) : undefined;
        return {
          ready: readyLine(solo.addresses, settings),
          welcome: welcomeText(solo.addresses, settings, sample),
          close: () => {
            device?.stop();
            return solo.close();
          },
          closing: () => solo.closing(),
        };
      },
    },
    args,
    environment,
  );
}
