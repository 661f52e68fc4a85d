import type { InboundHandler, Logger } from '@gemel/application/ports';
import type { SignalContext } from '@gemel/application/signals';
import { parsePolicyId, parseThingId } from '@gemel/model/ids';
import { defaultPolicy, parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import type { Solo } from './solo.js';

/** The twins of the tour in README.md: a car type with four wheels, and a car made from it. */
export const SAMPLE = {
  policyId: 'example:fleet',
  carType: 'example:car',
  wheelType: 'example:wheel',
  car: 'example:mycar',
  wheels: 4,
} as const;

const PERIOD_MS = 1_000;
const SECONDS_PER_LAP = 60;
const FULL_CIRCLE = 2 * Math.PI;

/** Feeds the sample car as a device would: Ditto Protocol messages, one a second for the car and for each wheel. */
export class SampleDevice {
  #timer: NodeJS.Timeout | undefined;
  #second = 0;

  constructor(
    private readonly handle: InboundHandler,
    private readonly subject: SubjectId,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#report().catch((error: unknown) => {
        this.log.warn({ error }, 'the sample device could not report');
      });
    }, PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #report(): Promise<void> {
    const turn = (FULL_CIRCLE * (this.#second++ % SECONDS_PER_LAP)) / SECONDS_PER_LAP;
    const time = Date.now();
    await this.#send('mycar', {
      gps: { properties: { latitude: 36.72 + 0.01 * Math.sin(turn), longitude: -4.42 + 0.01 * Math.cos(turn), time } },
    });
    for (let wheel = 1; wheel <= SAMPLE.wheels; wheel++) {
      await this.#send(`mycar:wheel_${String(wheel)}`, {
        velocity: { properties: { value: round(44 + 6 * Math.sin(turn + wheel / 10)), time } },
        direction: { properties: { value: round(15 * Math.cos(turn)), time } },
      });
    }
  }

  #send(name: string, features: object): Promise<void> {
    const message = {
      topic: `example/${name}/things/twin/commands/merge`,
      headers: { 'content-type': 'application/merge-patch+json' },
      path: '/features',
      value: features,
    };
    const payload = new TextEncoder().encode(JSON.stringify(message));
    return this.handle({ address: `telemetry/example/${name}`, payload, subjects: [this.subject], headers: {} });
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A sample that is running. */
export interface Sample {
  stop(): void;
}

/** Creates what is missing of the sample twins, then feeds them once a second until it is stopped. */
export async function startSample({ core, devices }: Pick<Solo, 'core' | 'devices'>, log: Logger): Promise<Sample> {
  const subject = parseSubjectId('nginx:ditto');
  const context: SignalContext = { subjects: [subject], headers: {} };
  await createSample(core, context);
  const device = new SampleDevice(devices.ingest.handle, subject, log);
  device.start();
  return device;
}

async function createSample({ policies, composition, things }: Solo['core'], context: SignalContext): Promise<void> {
  const { types, trees } = composition;
  const policyId = parsePolicyId(SAMPLE.policyId);
  const carType = parseThingId(SAMPLE.carType);
  const wheelType = parseThingId(SAMPLE.wheelType);
  const car = parseThingId(SAMPLE.car);
  if ((await things.retrieveMany([car], undefined, context)).length > 0) return;
  await policies.execute(
    { kind: 'modify', policyId, path: [], value: defaultPolicy(policyId, context.subjects[0]) },
    context,
  );
  await types.put(carType, { policyId, attributes: { name: 'Car' }, features: { gps: { properties: GPS } } }, context);
  const wheel = {
    policyId,
    attributes: { name: 'Wheel' },
    features: { velocity: { properties: READING }, direction: { properties: READING } },
  };
  await types.link(wheelType, { parentId: carType, count: SAMPLE.wheels }, wheel, context);
  await trees.instantiate(carType, car, {}, context);
}

const GPS = { latitude: null, longitude: null, time: null };
const READING = { value: null, time: null };
