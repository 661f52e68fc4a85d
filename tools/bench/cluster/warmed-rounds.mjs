// Rounds that count: those after all programs have become as fast as they get.

const MOST_WARM_UPS = 4;
const ALIKE_PERCENT = 5;

/** For the report. */
export const WARM_UP = `until no rate differed by more than ${ALIKE_PERCENT} % from the round before, ${MOST_WARM_UPS} rounds at most`;

/**
 * Gemel and its peers are warmed up by the same rounds, until each of them does as much as in the round before.
 * @param round measures all of them, in turns
 * @param ratesOf a round's operations per second, one for each program
 */
export async function warmedRounds(count, { round, ratesOf }) {
  const warmUps = [];
  do {
    warmUps.push(ratesOf(await round()));
  } while (warmUps.length < MOST_WARM_UPS && !isSteady(warmUps));
  const rounds = [];
  while (rounds.length < count) rounds.push(await round());
  return { rounds, warmUps: warmUps.length };
}

function isSteady(warmUps) {
  const [before, last] = warmUps.slice(-2);
  return last !== undefined && last.every((rate, index) => isAlike(rate, before[index]));
}

function isAlike(rate, before) {
  return Math.abs(rate - before) * 100 <= ALIKE_PERCENT * before;
}
