import type { JsonPointer } from '@gemel/model/json';
import { compileCriteria, parseCriteria } from '@gemel/model/rql';
import { ThingConditionFailed, liveThing, withHiddenMembers } from '@gemel/model/things';
import type { Thing, ThingState } from '@gemel/model/things';
import type { Clock } from '../ports/index.js';
import { checkPreconditions, entityTag, preconditionErrors } from '../signals/index.js';
import type { PreconditionVerb, SignalContext } from '../signals/index.js';

const ERRORS = preconditionErrors('things');

/** What a caller makes a command depend on: entity tags first, then the RQL condition. */
export class ThingPreconditions {
  constructor(private readonly clock: Clock) {}

  /**
   * For a thing that exists.
   * @param view what the caller may read: a condition sees nothing else
   * @throws GemelError 412, or 304 for a retrieve that is spared; RqlExpressionInvalid
   */
  check(
    verb: PreconditionVerb,
    state: ThingState,
    path: JsonPointer,
    view: () => Thing | undefined,
    { preconditions, condition }: SignalContext,
  ): void {
    if (preconditions !== undefined) {
      checkPreconditions(preconditions, entityTag(liveThing(state), state.revision, path), verb, ERRORS);
    }
    if (condition === undefined) return;
    const matches = compileCriteria(parseCriteria(condition), { now: this.clock.now() });
    const thing = view();
    if (thing === undefined || !matches(withHiddenMembers(thing, state))) throw new ThingConditionFailed(condition);
  }

  /** For a thing that is being created: tags count, conditions do not (OpenTwins' clients rely on that). */
  checkAbsent({ preconditions }: SignalContext): void {
    if (preconditions !== undefined) checkPreconditions(preconditions, undefined, 'modify', ERRORS);
  }
}
