import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, type Surroundings, succeed } from './run-program.ts';

/** Our own source tree. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Without being told which: the one before this. */
const BEFORE = 'HEAD^';

/** The source tree of an earlier commit. */
export interface PreviousVersion {
  readonly tree: string;
  /** The commit, as people know it. */
  readonly title: string;
  /** Whether it asked for the very packages that are installed now. */
  readonly hasSamePackages: boolean;
}

/**
 * Writes the tree of a commit into `folder`, and links our packages into it.
 * @returns undefined when no commit was asked for, and nothing is known of the one before this
 * @throws when the commit that was asked for is not known here
 */
export async function takePrevious(
  asked: string | undefined,
  folder: string,
  surroundings: Surroundings,
): Promise<PreviousVersion | undefined> {
  const ref = asked ?? BEFORE;
  const tree = join(folder, 'previous');
  const archive = join(folder, 'previous.tar');
  const git = ['-C', ROOT, '-c', `safe.directory=${ROOT.replace(/\/$/, '')}`];
  const show = [...git, 'log', '-1', '--format=%h "%s"', ref, '--'];
  const shown = await runProgram('git', show, surroundings).catch(() => undefined);
  if (shown?.code !== 0) {
    if (asked === undefined) return undefined;
    throw new Error(`--from takes a commit that git knows here, not ${asked}`);
  }
  await mkdir(tree, { recursive: true });
  await succeed('git', [...git, 'archive', '--output', archive, ref], surroundings);
  await succeed('tar', ['-xf', archive, '-C', tree], surroundings);
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  const lock = (root: string) => readFile(join(root, 'package-lock.json'), 'utf8');
  const hasSamePackages = (await lock(tree)) === (await lock(ROOT));
  return { tree, title: shown.output.trim(), hasSamePackages };
}
