/** `npm run cancel`: cancels a batch, a video's analyses, or everything under way from a prefix. */
import {
  type CancelDeps,
  cancel,
  type Reach,
  reachOfBatch,
  reachOfPrefix,
  reachOfVideo,
} from '../shared/cancel.ts';
import { createWaitingRoom } from '../shared/waiting-room.ts';
import { type AskedOf, exitCodeOf, stackOption, UsageError } from './command.ts';
import { isConfirmed } from './is-confirmed.ts';
import { openStore, placesFrom, tableOption } from './stack-access.ts';

const usage = `npm run cancel -- [--stack NAME] (--batch ID | --video KEY | --prefix PREFIX)

  --batch ID         a batch, by its id here or at TwelveLabs
  --video KEY        what is under way of one S3 key
  --profile NAME     with --video: only the analysis by this profile
  --prefix PREFIX    everything under way whose S3 key begins so
  --bucket NAME      the bucket of the key or prefix, where it is not the stack's
  --yes              do not ask
${stackOption}
${tableOption}

What has not begun ends as failed, with the reason canceled_by_operator, and is not billed. What rides
in a batch is kept if it becomes ready, and else not tried again. Of a canceled batch, what TwelveLabs
has begun goes on and is billed. Uploads under way can be canceled once their analyses are queued.`;

const options = {
  batch: { type: 'string' },
  video: { type: 'string' },
  profile: { type: 'string' },
  prefix: { type: 'string' },
  bucket: { type: 'string' },
  table: { type: 'string' },
  yes: { type: 'boolean' },
} as const;

const EXAMPLES = 5;

process.exitCode = await exitCodeOf({ name: 'cancel', usage, options }, main);

/** @returns the exit code */
async function main(asked: Asked): Promise<number> {
  check(asked);
  const places = await placesFrom(
    asked,
    'table',
    ...(asked.video === undefined ? [] : (['bucket'] as const)),
  );
  const { store } = openStore(places.table);
  const now = () => new Date();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deps = { store, waitingRoom: createWaitingRoom({ store, queues: {}, now, log }), now };
  const reach = await reachOf({ ...asked, ...places }, deps);
  console.log(textOf(reach));
  const isAll = reach.uploading.length === 0;
  const count = reach.notBegun.length + reach.riding.length + reach.batches.length;
  if (count === 0) return isAll ? 0 : 1;
  if (!asked.yes && !(await isAgreed())) return 1;
  const canceled = await cancel(reach, deps);
  console.log(`canceled ${canceled} of ${count}`);
  if (canceled === count) return isAll ? 0 : 1;
  console.log('The others moved on meanwhile: run the command again.');
  return 1;
}

type Asked = AskedOf<typeof options>;

function check({ batch, video, prefix, bucket, profile }: Asked): void {
  const targets = [batch, video, prefix].filter((it) => it !== undefined);
  if (targets.length !== 1) throw new UsageError('give one of --batch, --video, --prefix');
  if (batch !== undefined && bucket) throw new UsageError('--bucket does not go with --batch');
  if (profile !== undefined && video === undefined)
    throw new UsageError('--profile goes with --video');
}

async function reachOf(
  { batch, video, prefix = '', bucket, profile }: Asked,
  deps: CancelDeps,
): Promise<Reach> {
  if (batch !== undefined) {
    const reach = await reachOfBatch(batch, deps);
    if (!reach) throw new Error(`there is no batch ${batch}`);
    return reach;
  }
  if (video !== undefined)
    return await reachOfVideo({ bucket: bucket ?? '', key: video, profile }, deps);
  return await reachOfPrefix({ bucket, prefix }, deps);
}

function textOf({ notBegun, riding, uploading, batches }: Reach): string {
  const lines = [
    ...listed(
      'not begun, to end at once',
      notBegun.map(({ key, sk }) => `${key} ${sk}`),
    ),
    ...listed(
      'in a batch already, not to be tried again',
      riding.map(({ key, sk }) => `${key} ${sk}`),
    ),
    ...listed(
      'being uploaded: cancel again in some minutes',
      uploading.map(({ key }) => key),
    ),
    ...listed(
      'to be canceled',
      batches.map(
        ({ batchId, itemCount }) => `batch ${batchId} of ${itemCount ?? 'some'} analyses`,
      ),
    ),
  ];
  return lines.length > 0 ? lines.join('\n') : 'nothing of that is under way';
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > EXAMPLES ? [`  … and ${names.length - EXAMPLES} more`] : [];
  return [`${names.length} ${what}:`, ...names.slice(0, EXAMPLES).map((it) => `  ${it}`), ...more];
}

async function isAgreed(): Promise<boolean> {
  if (process.stdin.isTTY) return await isConfirmed('Cancel?');
  console.error('cancel: nobody to ask; add --yes to go on');
  return false;
}
