import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.ts';
import { awsWords } from './aws-words.ts';

/** The stack that a command means when it is not told. */
export const DEFAULT_STACK = 'Reelbatch';

/** The line of a usage on the option that every command has. */
export const stackOption = `  --stack NAME       the stack whose data it is; ${DEFAULT_STACK} when nothing else is said`;

const common = { stack: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

type Options = NonNullable<ParseArgsConfig['options']>;

/** A command as its user sees it. */
export interface Command<T extends Options> {
  readonly name: string;
  readonly usage: string;
  /** What it takes beside `--stack` and `--help`. */
  readonly options: T;
  /** Said of arguments that it does not know, which are quoted otherwise. */
  readonly misuse?: string;
}

/** The options of a command as somebody has given them. */
export type AskedOf<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T & typeof common }>
>['values'];

/** Thrown for an option that is missing or does not fit: the usage is shown beside it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs a command with the arguments of this process, to its exit code: what went wrong is told in one
 * line, and misuse (2) by the usage too. Asked for help it only prints its usage.
 */
export async function exitCodeOf<T extends Options>(
  command: Command<T>,
  run: (asked: AskedOf<T>) => Promise<number>,
): Promise<number> {
  const { name, usage } = command;
  try {
    const asked = optionsFrom(process.argv.slice(2), command);
    if (!('help' in asked && asked.help)) return await run(asked);
    console.log(usage);
    return 0;
  } catch (error) {
    console.error(`${name}: ${awsWords(error)}`);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** The options of a command. @throws UsageError for one that it does not know */
function optionsFrom<T extends Options>(
  args: readonly string[],
  { options, misuse }: Command<T>,
): AskedOf<T> {
  try {
    return parseArgs({ args: [...args], options: { ...common, ...options } }).values as AskedOf<T>;
  } catch (error) {
    throw new UsageError(misuse ?? messageOf(error));
  }
}
