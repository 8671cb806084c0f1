import { prices } from './prices.ts';
import type { Workload } from './workload.ts';

/** English text has about four bytes a token. */
const BYTES_A_TOKEN = 4;

/**
 * What TwelveLabs takes: for the minutes that go in, once a profile, and the tokens that come out.
 */
export function providerDollars(work: Workload) {
  const { videos, minutes, profiles, resultKilobytes, pricePerMinute } = work;
  const analysedMinutes = videos * minutes * profiles;
  const outputTokens = (videos * profiles * resultKilobytes * 1_024) / BYTES_A_TOKEN;
  const { dollars, per } = prices.outputToken;
  return {
    analysedMinutes,
    outputTokens,
    dollars: analysedMinutes * pricePerMinute + (outputTokens / per) * dollars,
  };
}
