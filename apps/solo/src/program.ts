import { runProcess } from '@gemel/process/running';
import { readSettings } from './config.js';
import { startSample } from './sample.js';
import { startSolo } from './solo.js';
import { readyLine, welcomeText } from './welcome.js';

await runProcess(
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
  process.argv.slice(2),
  process.env,
);
