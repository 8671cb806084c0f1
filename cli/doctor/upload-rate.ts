import { uploadScheduleKey } from '../../shared/store/keys.ts';
import { scheduleItem } from '../../shared/store/upload-schedule.ts';
import type { UploadRates } from '../../shared/upload-pace.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { Check } from './examined.ts';
import { logOf } from './examined.ts';
import { failed, type Line, moment, number, ok, span, warning } from './line.ts';
import { readWaiting, type Waiting, waitingText } from './waiting.ts';

const NAME = 'upload rate';
const DAY_SECONDS = 86_400;
/** A line that nobody has served for so long stands still. */
const STILL_SECONDS = 1_200;

/** The rates that are kept, and the line that they make. */
export interface UploadRateFacts {
  readonly rates: UploadRates;
  /** Those in line for their turn. */
  readonly line: Waiting;
  /** How long ago the last moment that was handed out is; less than 0 for one to come. */
  readonly lastMomentSeconds: number;
  /** Moments handed out within a day. */
  readonly spentToday: number;
  readonly pausedUntil: string | undefined;
  readonly now: Date;
  readonly log: string;
}

/** Whether uploads get their turn, and at which rate. */
export const checkUploadRate: Check = {
  name: NAME,
  run: async (examined) => {
    const { output, table, now } = examined;
    const rates = {
      perMinute: Number(output('UploadsPerMinute')),
      perDay: Number(output('UploadsPerDay')),
    };
    const item = scheduleItem.parse((await table().get(uploadScheduleKey)) ?? {});
    const today = item.spent.filter(({ from }) => secondsSince(from, now()) < DAY_SECONDS);
    return [
      judgeUploadRate({
        rates,
        line: await readWaiting('schedule-upload', table(), now()),
        lastMomentSeconds: secondsSince(item.nextFreeAt, now()),
        spentToday: today.reduce((sum, { count }) => sum + count, 0),
        pausedUntil: item.pausedUntil,
        now: now(),
        log: await logOf(examined, 'RegisterAsset'),
      }),
    ];
  },
};

/** The line on the rate. */
export function judgeUploadRate(facts: UploadRateFacts): Line {
  const { rates, line, lastMomentSeconds, spentToday, pausedUntil, now, log } = facts;
  const known = `${number(rates.perMinute)} a minute, ${number(rates.perDay)} a day`;
  const inLine = line.count > 0 ? `; ${waitingText(line)} in line` : '; nobody in line';
  const day = spentToday > 0 ? `; ${number(spentToday)} of the day's used` : '';
  if (pausedUntil !== undefined && Date.parse(pausedUntil) > now.getTime()) {
    return warning(
      NAME,
      `${known}${inLine}; TwelveLabs wants peace, no upload begins before ${moment(new Date(pausedUntil))}; if that lasts, set plan to the account's`,
    );
  }
  if (line.count > 0 && spentToday >= rates.perDay) {
    return warning(NAME, `${known}${inLine}; the day's are used up, the line goes on as they age`);
  }
  const stands = Math.min(lastMomentSeconds, line.overdueSeconds);
  if (line.count > 0 && stands > STILL_SECONDS) {
    return failed(
      NAME,
      `${known}${inLine}, and none has got a turn for ${span(stands)}; register-asset does not work, or the clock does not wake it${log}`,
    );
  }
  return ok(NAME, `${known}${day}${inLine}`);
}
