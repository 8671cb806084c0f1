/** `npm run result`: all that is known of a video, each result whole, as JSON. */
import { createArchive } from '../shared/archive.ts';
import { resultsOf } from '../shared/results.ts';
import { createSegmentStore } from '../shared/store/segments.ts';
import { type AskedOf, exitCodeOf, stackOption, UsageError } from './command.ts';
import { archiveOption, openStore, placesFrom, tableOption } from './stack-access.ts';

const usage = `npm run -s result -- [--stack NAME] --video KEY [--profile NAME]

  --video KEY        the S3 key of the video
  --profile NAME     only the analysis by this profile
${stackOption}
${tableOption}
${archiveOption}
  --bucket NAME      without a stack: its uploads bucket (output UploadsBucketName)

Prints the video and its analyses as JSON, each result whole: out of its row, its segments or the
archive, however large it is. The exit code is 1 when nothing is known of the key, or a result is damaged.`;

const options = {
  table: { type: 'string' },
  archive: { type: 'string' },
  bucket: { type: 'string' },
  video: { type: 'string' },
  profile: { type: 'string' },
} as const;

process.exitCode = await exitCodeOf({ name: 'result', usage, options }, main);

/** @returns the exit code */
async function main(asked: AskedOf<typeof options>): Promise<number> {
  const { video: key, profile } = asked;
  if (!key) throw new UsageError('--video is needed');
  const { bucket, ...names } = await placesFrom(asked, 'table', 'archive', 'bucket');
  const { table, store } = openStore(names.table);
  const archive = createArchive(names.archive);
  const deps = { store, segments: createSegmentStore(table), archive };
  const { video, analyses } = await resultsOf({ bucket, key, profile }, deps);
  const isUnknown = analyses.length === 0 && (profile !== undefined || !video);
  if (isUnknown) {
    const what = profile === undefined ? '' : ` of the profile ${profile}`;
    console.error(`result: nothing${what} is known of s3://${bucket}/${key}`);
    return 1;
  }
  const unreadable = analyses.filter(({ result }) => result && 'unreadableBecause' in result);
  console.log(JSON.stringify({ video, analyses }, undefined, 2));
  for (const { profile: name } of unreadable) console.error(`result: ${name} can't be read whole`);
  return unreadable.length > 0 ? 1 : 0;
}
