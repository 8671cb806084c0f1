import type { Clock } from '../../clock.ts';
import type { Background } from '../background.ts';

/** How long one wait for fetches and deliveries may hold time up, in real time: an endpoint has 10 s to answer. */
const PATIENCE_MS = 15_000;

/**
 * Moves time forward, and lets every fetch and delivery end that comes due on the way before time goes
 * on, so that a webhook is tried again within the hour that passes.
 * @returns false when something was still under way when patience ended
 */
export async function passTime(
  byMs: number,
  clock: Clock,
  background: Background,
): Promise<boolean> {
  const untilMs = clock.nowMs() + byMs;
  const settled = patienceWith(background);
  await settled();
  for (
    let nextMs = clock.untilNextTimerMs();
    nextMs !== undefined && clock.nowMs() + nextMs <= untilMs;
    nextMs = clock.untilNextTimerMs()
  ) {
    await clock.advance(nextMs);
    await settled();
  }
  await clock.advance(untilMs - clock.nowMs());
  return await settled();
}

/** Moves time forward in one leap, then lets the fetches and deliveries end that came due. */
export async function leapTime(
  byMs: number,
  clock: Clock,
  background: Background,
): Promise<boolean> {
  await clock.leap(byMs);
  return await patienceWith(background)();
}

/**
 * A wait for what is under way, to be repeated: it resolves to false, then and ever after, once that
 * took too long.
 */
function patienceWith(background: Background): () => Promise<boolean> {
  let isPatient = true;
  return async () => {
    if (!isPatient) return false;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS);
    });
    isPatient = await Promise.race([background.settled().then(() => true), patience]);
    clearTimeout(timer);
    return isPatient;
  };
}
