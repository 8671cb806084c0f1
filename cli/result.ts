/** `npm run result`: all that is known of a video, each result whole, as JSON. */
import { createArchive } from '../shared/archive.ts';
import { resultsOf } from '../shared/results.ts';
import { createSegmentStore } from '../shared/store/segments.ts';
import {
  archiveNameFrom,
  archiveOption,
  exitCodeOf,
  openStore,
  optionsFrom,
  tableNameFrom,
  tableOption,
  UsageError,
} from './stack-access.ts';

const usage = `npm run -s result -- --table NAME --archive NAME --bucket NAME --video KEY [--profile NAME]

${tableOption}
${archiveOption}
  --bucket NAME      the uploads bucket
  --video KEY        the S3 key of the video
  --profile NAME     only the analysis by this profile

Prints the video and its analyses as JSON, each result whole: out of its row, its segments or the
archive, however large it is. The exit code is 1 when nothing is known of the key, or a result is damaged.`;

const options = {
  table: { type: 'string' },
  archive: { type: 'string' },
  bucket: { type: 'string' },
  video: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean' },
} as const;

process.exitCode = await exitCodeOf('result', usage, main);

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const {
    help,
    table: tableName,
    archive: archiveName,
    bucket,
    video: key,
    profile,
  } = optionsFrom(args, options);
  if (help) {
    console.log(usage);
    return 0;
  }
  const { table, store } = openStore(tableNameFrom(tableName));
  const archive = createArchive(archiveNameFrom(archiveName));
  if (!bucket || !key) throw new UsageError('--bucket and --video are needed');
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
