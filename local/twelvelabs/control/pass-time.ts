import type { Clock } from '../../clock.ts';
import type { Background } from '../background.ts';

/** How long fetches and deliveries may hold time up, in real time: an endpoint has 10 s to answer. */
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
  return await patiently(async (settled) => {
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
  }, background);
}

/** Moves time forward in one leap, then lets the fetches and deliveries end that came due. */
export async function leapTime(
  byMs: number,
  clock: Clock,
  background: Background,
): Promise<boolean> {
  return await patiently(async (settled) => {
    await clock.leap(byMs);
    return await settled();
  }, background);
}

/** Runs `work` with a wait for what is under way that never takes longer than patience lasts. */
async function patiently(
  work: (settled: () => Promise<boolean>) => Promise<boolean>,
  background: Background,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const settled = () => Promise.race([background.settled().then(() => true), patience]);
  try {
    return await work(settled);
  } finally {
    clearTimeout(timer);
  }
}
