/** `npm run cancel`: cancels a batch, a video's analyses, or everything under way from a prefix. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import {
  type CancelDeps,
  cancel,
  type Reach,
  reachOfBatch,
  reachOfPrefix,
  reachOfVideo,
} from '../shared/cancel.ts';
import { messageOf } from '../shared/errors.ts';
import { createStore } from '../shared/store/store.ts';
import { createTable } from '../shared/store/table.ts';
import { createWaitingRoom } from '../shared/waiting-room.ts';

const usage = `npm run cancel -- --table NAME (--batch ID | --video KEY | --prefix PREFIX)

  --batch ID         a batch, by its id here or at TwelveLabs
  --video KEY        what is under way of one S3 key; needs --bucket
  --profile NAME     with --video: only the analysis by this profile
  --prefix PREFIX    everything under way whose S3 key begins so
  --bucket NAME      the bucket of the key or prefix
  --table NAME       the table of the stack (its output TableName), or TABLE_NAME in the environment
  --yes              do not ask

What has not begun ends as failed, with the reason canceled_by_operator, and is not billed. What rides
in a batch is kept if it becomes ready, and else not tried again. Of a canceled batch, what TwelveLabs
has begun goes on and is billed. Uploads under way can be canceled once their analyses are queued.`;

const EXAMPLES = 5;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`cancel: ${messageOf(error)}`);
  return 1;
});

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (typeof asked === 'string') {
    const isHelp = asked === usage;
    (isHelp ? console.log : console.error)(asked);
    return isHelp ? 0 : 2;
  }
  const { TABLE_NAME } = process.env;
  const tableName = asked.table ?? TABLE_NAME;
  if (!tableName) {
    console.error(`cancel: --table is missing: the output TableName of the stack\n\n${usage}`);
    return 2;
  }
  const now = () => new Date();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const store = createStore(createTable(tableName), now, log);
  const deps = { store, waitingRoom: createWaitingRoom({ store, queues: {}, now, log }), now };
  const reach = await reachOf(asked, deps);
  console.log(textOf(reach));
  const isAll = reach.uploading.length === 0;
  const count = reach.notBegun.length + reach.riding.length + reach.batches.length;
  if (count === 0) return isAll ? 0 : 1;
  if (!asked.yes && !(await isConfirmed())) return 1;
  const canceled = await cancel(reach, deps);
  console.log(`canceled ${canceled} of ${count}`);
  if (canceled === count) return isAll ? 0 : 1;
  console.log('The others moved on meanwhile: run the command again.');
  return 1;
}

type Asked = Exclude<ReturnType<typeof parse>, string>;

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        batch: { type: 'string' },
        video: { type: 'string' },
        profile: { type: 'string' },
        prefix: { type: 'string' },
        bucket: { type: 'string' },
        table: { type: 'string' },
        yes: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return usage;
    const { batch, video, prefix } = values;
    const targets = [batch, video, prefix].filter((it) => it !== undefined);
    if (targets.length !== 1) return `cancel: give one of --batch, --video, --prefix\n\n${usage}`;
    if (batch !== undefined && values.bucket) return 'cancel: --bucket does not go with --batch';
    if (video !== undefined && !values.bucket) return 'cancel: --video needs --bucket';
    if (values.profile !== undefined && video === undefined)
      return 'cancel: --profile goes with --video';
    return values;
  } catch (error) {
    return `cancel: ${messageOf(error)}\n\n${usage}`;
  }
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

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error('cancel: nobody to ask; add --yes to go on');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Cancel? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
