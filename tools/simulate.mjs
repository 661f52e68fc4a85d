// `npm run simulate -- --seeds N`: runs a whole cluster in this process on virtual time, seed after seed, until something does
// not hold. docs/simulation.md has the rest.
import { readArguments } from './setup/read-arguments.mjs';
import { setUp } from './setup/set-up.mjs';

const REPORT_EVERY = 500;

const USAGE = `Usage: npm run simulate -- [options]

Runs a whole cluster on virtual time, seed after seed, until something does not hold.

  --seeds N         runs N seeds; default 2000, and 1 with --seed
  --seed S          begins at seed S; default 1
  --trace           prints every step of the one seed
  --fault NAME      builds a bug in, which has to be found
  --scenario JSON   runs a scenario as a failure prints it
  --help            show this text

docs/simulation.md says what holds, and which bugs there are.
`;

const asked = readArguments(
  {
    usage: USAGE,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      fault: { type: 'string' },
      scenario: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  },
  ({ values }) => ({
    ...values,
    seeds: count('seeds', values.seeds ?? (values.seed === undefined ? '2000' : '1')),
    firstSeed: count('seed', values.seed ?? '1'),
  }),
);
await setUp();
const simulation = await import('../libs/testkit/dist/simulation/index.js');
const { simulatedSystem } = await import('../libs/wiring/dist/index.js');

const options = readOptions(asked);
const system = await simulatedSystem();
process.exitCode = options.scenario === undefined ? await runSeeds() : await runOne(options.scenario);

/** What only the built code can tell of what was asked. */
function readOptions({ seeds, firstSeed, fault, scenario, trace }) {
  const { PLANTED_FAULTS, parseScenario } = simulation;
  if (fault !== undefined && !PLANTED_FAULTS.includes(fault)) {
    console.error(`--fault is one of ${PLANTED_FAULTS.join(', ')}, not '${fault}'`);
    process.exit(2);
  }
  const parsed = scenario === undefined ? undefined : parseScenario(scenario);
  return { seeds, firstSeed, planted: fault, scenario: parsed, trace };
}

function count(name, text) {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name} is a whole number, not '${text}'`);
}

/** A planted fault has to be found; without one nothing may be. */
async function runSeeds() {
  const { seeds, firstSeed, planted, trace } = options;
  if (trace) return runOne(simulation.makeScenario(firstSeed, planted));
  const began = performance.now();
  let done = 0;
  const onRun = () => {
    done += 1;
    if (done % REPORT_EVERY === 0) console.log(`${done} of ${seeds} seeds`);
  };
  const campaign = await simulation.runCampaign({ firstSeed, seeds, planted, onRun }, system);
  const seconds = (performance.now() - began) / 1000;
  const violations = campaign.failure === undefined ? 0 : 1;
  if (campaign.failure !== undefined) await explain(campaign.failure);
  console.log(
    `${campaign.seeds} seeds, ${campaign.steps} steps, ${campaign.events} events, ${violations} violations` +
      ` (${seconds.toFixed(1)} s, ${Math.round(campaign.seeds / seconds)} seeds/s)`,
  );
  if (planted === undefined) return violations;
  console.log(violations === 1 ? `found ${planted} after ${campaign.seeds} seeds` : `did not find ${planted}`);
  return violations === 1 ? 0 : 1;
}

async function explain(failure) {
  console.log(`seed ${failure.scenario.seed} fails; looking for a smaller scenario …`);
  console.log(simulation.describeFailure(failure, await simulation.shrink(failure, system)));
}

async function runOne(scenario) {
  const outcome = await simulation.runScenario(scenario, system, options.trace);
  if (options.trace) for (const line of outcome.trace) console.log(line);
  if (outcome.violation !== undefined) console.log(simulation.describeFailure(outcome, outcome));
  console.log(`trace ${outcome.hash}, ${outcome.steps} steps, ${outcome.violation === undefined ? 0 : 1} violations`);
  return outcome.violation === undefined ? 0 : 1;
}
