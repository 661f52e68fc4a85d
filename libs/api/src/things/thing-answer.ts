import type { AckCollections } from '@gemel/application/acks';
import type { LiveReply } from '@gemel/application/messages';
import type { SignalContext } from '@gemel/application/signals';
import type { ThingReply } from '@gemel/application/things';
import type { ThingCommand } from '@gemel/model/things';
import { awaitEntity, awaitWrite, entityReply } from '../http/index.js';
import type { ApiRequest, Reply } from '../http/index.js';
import { liveThingReply } from '../live/index.js';

/** Carries out commands on things. */
export interface ThingCommands {
  execute(command: ThingCommand, context: SignalContext): Promise<ThingReply | LiveReply>;
}

export interface ThingAnswerParts {
  readonly things: ThingCommands;
  readonly acks: AckCollections;
}

/**
 * Carries a command out and answers when the caller wants that. Who asks a device waits in its channel, for as long as
 * the command says there.
 */
export async function thingAnswer(
  request: ApiRequest,
  command: () => ThingCommand,
  { things, acks }: ThingAnswerParts,
  location: () => string,
): Promise<Reply> {
  // Headers are looked at before the body, as in Ditto.
  const context = request.context();
  const given = command();
  const execute = async (): Promise<Reply> => thingReply(await things.execute(given, context), location);
  if (context.live !== undefined) {
    request.checkTimeout();
    return execute();
  }
  return given.kind === 'retrieve' ? awaitEntity(request, execute) : awaitWrite(request, execute, acks);
}

function thingReply(reply: ThingReply | LiveReply, location: () => string): Reply {
  return reply.outcome === 'live' ? liveThingReply(reply, location) : entityReply(reply, location);
}
