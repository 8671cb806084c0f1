import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { createStore } from '../shared/store/store.ts';
import { createTable } from '../shared/store/table.ts';
import { DEFAULT_STACK, UsageError } from './command.ts';
import { findStack, outputOf } from './find-stack.ts';

/** The lines of a usage on the options by which a command is told where the data of a stack lies. */
export const tableOption = `  --table NAME       without a stack: its table (output TableName), or TABLE_NAME in the environment`;
export const archiveOption = `  --archive NAME     without a stack: its archive (ArchiveBucketName), or ARCHIVE_BUCKET_NAME likewise`;

/** Where data lies: what it is called as an option, an output of the stack, and a variable. */
const places = {
  table: { output: 'TableName', variable: 'TABLE_NAME' },
  archive: { output: 'ArchiveBucketName', variable: 'ARCHIVE_BUCKET_NAME' },
  bucket: { output: 'UploadsBucketName', variable: undefined },
} as const;

type Place = keyof typeof places;

/**
 * Where the data lies that a command needs: as it is told, else by the outputs of the stack. One who
 * names a table or an archive, and no stack, has to name all: data of two stacks must not be mixed.
 * @throws UsageError
 */
export async function placesFrom<P extends Place>(
  asked: { readonly [K in Place | 'stack']?: string | undefined },
  ...needed: readonly P[]
): Promise<Record<P, string>> {
  const told = (place: Place) => {
    const { variable } = places[place];
    const isByVariable = asked.stack === undefined && variable !== undefined;
    return asked[place] ?? (isByVariable ? process.env[variable] : undefined);
  };
  const missing = needed.filter((place) => !told(place));
  const isByHand = asked.stack === undefined && Boolean(told('table') || told('archive'));
  const [first] = missing;
  if (first !== undefined && isByHand) {
    const { output } = places[first];
    throw new UsageError(`--${first} is missing: the output ${output} of the stack, or --stack`);
  }
  const stack = first && (await openStack(asked.stack ?? DEFAULT_STACK));
  const found = needed.map((place) => [
    place,
    told(place) || (stack && outputOf(stack, places[place].output)),
  ]);
  return Object.fromEntries(found) as Record<P, string>;
}

/** The table, and the store on it, for a command that logs nothing. */
export function openStore(tableName: string) {
  const table = createTable(tableName);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return { table, store: createStore(table, () => new Date(), log) };
}

async function openStack(name: string) {
  const client = new CloudFormationClient({});
  try {
    return await findStack(name, client);
  } finally {
    client.destroy();
  }
}
