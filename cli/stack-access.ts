import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.ts';
import { createStore } from '../shared/store/store.ts';
import { createTable } from '../shared/store/table.ts';

/** The options by which a command is told where the stack's data lies. */
export const tableOption = `  --table NAME       the table of the stack (its output TableName), or TABLE_NAME in the environment`;
export const archiveOption = `  --archive NAME     its archive bucket (output ArchiveBucketName), or ARCHIVE_BUCKET_NAME likewise`;

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
    console.error(`${name}: ${messageOf(error)}`);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** @throws UsageError */
export function tableNameFrom(given: string | undefined): string {
  return required(given ?? process.env['TABLE_NAME'], '--table', 'TableName');
}

/** @throws UsageError */
export function archiveNameFrom(given: string | undefined): string {
  return required(given ?? process.env['ARCHIVE_BUCKET_NAME'], '--archive', 'ArchiveBucketName');
}

/** The table, and the store on it, for a command that logs nothing. */
export function openStore(tableName: string) {
  const table = createTable(tableName);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return { table, store: createStore(table, () => new Date(), log) };
}

function required(value: string | undefined, option: string, output: string): string {
  if (!value) throw new UsageError(`${option} is missing: the output ${output} of the stack`);
  return value;
}
