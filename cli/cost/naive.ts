import type { Use } from './usage.ts';
import type { Workload } from './workload.ts';

/**
 * The pipeline that one writes first, by the video and profile, so that its price can be set beside
 * ours: a function for each upload and each event, every call with a secret and a trace of its own,
 * one webhook an item through a REST API, one object a result, and the result in its row, which is
 * then written again.
 */
export function naiveUsage({ videos, profiles, resultKilobytes }: Workload): Use[] {
  const analyses = videos * profiles;
  const rowUnits = Math.ceil(resultKilobytes + 1);
  /** A move of a small row: the row, and the old and the new entry of an index by state. */
  const moveUnits = 3;
  const of = (price: Use['price'], each: number, note: string): Use => ({
    price,
    quantity: analyses * each,
    note,
  });
  return [
    of('lambdaRequest', 3, 'one an upload, one a webhook, one a result'),
    of('lambdaArm', (0.6 + 0.2 + 0.4) * 0.5, '600, 200 and 400 ms at 512 MB'),
    of('tableWrite', rowUnits, `the result in its row, ${rowUnits} KB`),
    of('tableWrite', rowUnits, 'its status written afterwards, the whole row again'),
    of('tableWrite', 4 * moveUnits, 'four moves before, with an index by state'),
    of('tableWrite', 2 * (moveUnits - 1), 'the index at the last two writes'),
    of('tableRead', 4, 'the row read before each move'),
    of('s3Write', 1, 'one object a result'),
    of('secretCall', 1, 'the key fetched a video'),
    of('trace', 1, 'X-Ray at 100 %'),
    of('restRequest', 1, 'one webhook an item'),
    of('event', 1, 'S3 events by EventBridge'),
    of('sqsRequest', 3, 'sent, received and deleted one by one'),
    of('logGigabyte', 4 / 1_024 ** 2, '1 KB of logs a step'),
  ];
}
