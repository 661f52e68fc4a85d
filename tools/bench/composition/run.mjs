// `npm run bench -- --composition`: what is done with compositions, beside the same by one request for each twin. With
// `--cluster`, on a cluster, too. Prints a table and writes the section of docs/benchmarks.md.
import { machine, writeSection } from '../page.mjs';
import { launch } from '../processes.mjs';
import { measureComposition } from './measure.mjs';
import { measureOnCluster } from './on-cluster.mjs';
import { report } from './report.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

const scales = [{ scale: 'solo', rows: await measureSolo() }];
if (process.argv.includes('--cluster'))
  scales.push({ scale: 'cluster', rows: await measureOnCluster({ rounds: ROUNDS }) });
const text = report({ scales, rounds: ROUNDS, machine: machine() });
console.log(text);
await writeSection('composition', text);

async function measureSolo() {
  const gemel = await launch('apps/solo/bundle/main.js', ['--json'], {
    GEMEL_HTTP_PORT: '0',
    GEMEL_MQTT_PORT: '0',
    GEMEL_LOG_LEVEL: 'error',
  });
  const url = gemel.ready.http;
  try {
    return await measureComposition(
      { things: url, composition: url },
      { rounds: ROUNDS, settled: () => rested(gemel), cpu: gemel.cpuMs },
    );
  } finally {
    await gemel.stop();
  }
}

/** Until the process rests: what it builds in the background is there then. */
async function rested(gemel) {
  for (let busy = true; busy;) {
    const cpu = gemel.cpuMs();
    await new Promise((resolve) => setTimeout(resolve, 300));
    busy = gemel.cpuMs() - cpu > 20;
  }
}
