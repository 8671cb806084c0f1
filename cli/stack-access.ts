import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { messageOf } from '../shared/errors.ts';
import { createStore } from '../shared/store/store.ts';
import { createTable } from '../shared/store/table.ts';
import { awsWords } from './aws-words.ts';
import { findStack, outputOf } from './find-stack.ts';

/** The stack that a command means when it is not told. */
export const DEFAULT_STACK = 'Reelbatch';

/** The options by which a command is told where the stack's data lies. */
export const stackOption = `  --stack NAME       the stack whose data it is; ${DEFAULT_STACK} when nothing else is said`;
export const tableOption = `  --table NAME       without a stack: its table (output TableName), or TABLE_NAME in the environment`;
export const archiveOption = `  --archive NAME     without a stack: its archive (ArchiveBucketName), or ARCHIVE_BUCKET_NAME likewise`;

/** Where data lies: what it is called as an option, an output of the stack, and a variable. */
const places = {
  table: { output: 'TableName', variable: 'TABLE_NAME' },
  archive: { output: 'ArchiveBucketName', variable: 'ARCHIVE_BUCKET_NAME' },
  bucket: { output: 'UploadsBucketName', variable: undefined },
} as const;

type Place = keyof typeof places;

/** Thrown for an option that is missing or does not fit: the usage is shown beside it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a command. @throws UsageError for one that it does not know */
export function optionsFrom<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** Runs a command to its exit code: what went wrong is told in one line, and misuse by the usage too. */
export async function exitCodeOf(
  name: string,
  usage: string,
  run: (args: readonly string[]) => Promise<number>,
): Promise<number> {
  try {
    return await run(process.argv.slice(2));
  } catch (error) {
    console.error(`${name}: ${awsWords(error)}`);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

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
