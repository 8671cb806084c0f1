import type { UploadSchedule } from '../../shared/store/upload-schedule.ts';
import {
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import { lineUp } from '../../shared/upload-line.ts';
import type { Reason, Video } from '../../shared/video.ts';
import type { Step } from '../../shared/waiting-room.ts';

export interface StepAfterDeps {
  readonly schedule: Pick<UploadSchedule, 'pushBack' | 'noteFailure'>;
  readonly now: () => Date;
}

/** A new key is read within this time (see secrets.ts). */
const KEY_REFUSED_SECONDS = 300;
/** With their back-off about a day of trying: a provider that is away for hours fails nobody. */
export const MAX_ATTEMPTS = 30;

/** Where a video goes when the provider did not take it. */
export async function stepAfter(
  error: ProviderError,
  video: Video,
  { schedule, now }: StepAfterDeps,
): Promise<Step<Video>> {
  const reason = reasonOf(error);
  if (!error.retryable) return { to: 'rejected', set: { reason } };
  const { status = 0, retryAfterSeconds } = error instanceof ProviderRefusedError ? error : {};
  const isForAll = status === 401 || status === 429;
  if (isForAll) {
    // The key, or the rate: nothing was made, and it is not this video's fault. The try does not
    // count, and the video keeps its place, but not for ever the first.
    await schedule.pushBack(status === 401 ? KEY_REFUSED_SECONDS : retryAfterSeconds);
    const attempt = video.attempt - 1;
    if (video.reason?.code !== reason.code) return lineUp(video, now(), { reason, attempt });
    return { ...tryLater(video, reason, retryAfterSeconds), set: { reason, attempt } };
  }
  if (status === 0 || status >= 500) {
    if (retryAfterSeconds === undefined) await schedule.noteFailure();
    else await schedule.pushBack(retryAfterSeconds);
  }
  return tryLater(video, reason, retryAfterSeconds);
}

/** Another try by itself, later each time, for about a day; the video then takes its old place in line. */
export function tryLater({ attempt }: Video, reason: Reason, atLeastSeconds = 0): Step<Video> {
  if (attempt >= MAX_ATTEMPTS) return { to: 'failed', set: { reason } };
  const backOff = Math.min(3_600, 30 * 2 ** attempt);
  return { to: 'registering', inSeconds: Math.max(backOff, atLeastSeconds), set: { reason } };
}
