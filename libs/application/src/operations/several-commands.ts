import type { JsonObject } from '@gemel/model/json';
import type { Piggyback } from '@gemel/model/operations';
import { PiggybackUnsupported } from './errors.js';

interface Commands {
  servicesFor(piggyback: Piggyback): readonly string[];
  execute(service: string, piggyback: Piggyback): Promise<JsonObject>;
}

interface Broadcasts {
  broadcast(piggyback: Piggyback): Promise<readonly JsonObject[]> | undefined;
}

/** Several that carry out commands as one: each command goes to the first that knows it. */
export class SeveralCommands implements Commands {
  constructor(
    private readonly all: readonly Commands[],
    private readonly broadcasts?: Broadcasts,
  ) {}

  /** What goes to no service in particular; undefined when the command is none of that. */
  broadcast(piggyback: Piggyback): Promise<readonly JsonObject[]> | undefined {
    return this.broadcasts?.broadcast(piggyback);
  }

  servicesFor(piggyback: Piggyback): readonly string[] {
    return this.all.flatMap((each) => each.servicesFor(piggyback));
  }

  /** @throws PiggybackUnsupported nobody knows it */
  execute(service: string, piggyback: Piggyback): Promise<JsonObject> {
    const one = this.all.find((each) => each.servicesFor(piggyback).includes(service));
    if (one === undefined) return Promise.reject(new PiggybackUnsupported(piggyback.type));
    return one.execute(service, piggyback);
  }
}
