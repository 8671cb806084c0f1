import type { Use } from './usage.ts';
import type { Workload } from './workload.ts';

/** The AWS command line and SDKs send a file above 8 MB in parts of 8 MB. */
const PART_MEGABYTES = 8;

/**
 * What the files cost, whatever the pipeline: to put them into the bucket, to keep them, and to
 * have the provider fetch them. Over the internet, that is; from within the region a transfer is
 * free, and where TwelveLabs fetches from it does not say.
 */
export function filesUsage({ videos, megabytes, monthsKept }: Workload): Use[] {
  const parts = Math.ceil(megabytes / PART_MEGABYTES);
  const gigabytes = (videos * megabytes) / 1_024;
  return [
    { price: 's3Write', quantity: videos * (parts > 1 ? parts + 2 : 1), note: 'in parts of 8 MB' },
    { price: 's3Read', quantity: videos },
    { price: 's3GigabyteMonth', quantity: gigabytes * monthsKept },
    { price: 'transferOut', quantity: gigabytes, note: 'nothing, if TwelveLabs is in the region' },
  ];
}
