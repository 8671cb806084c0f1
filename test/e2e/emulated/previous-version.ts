import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, type Surroundings, succeed } from './run-program.ts';

/** Our own source tree. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The source tree of an earlier commit. */
export interface PreviousVersion {
  readonly tree: string;
  /** The commit, as people know it. */
  readonly title: string;
  /** Whether it asked for the very packages that are installed now. */
  readonly hasSamePackages: boolean;
}

/** What can't be had, in words. */
export class NoHistoryError extends Error {
  override readonly name = 'NoHistoryError';
}

/**
 * Writes the tree of the commit `ref` into `folder`, and links our packages into it.
 * @throws NoHistoryError when there is no git, no repository or no such commit
 */
export async function takePrevious(
  ref: string,
  folder: string,
  surroundings: Surroundings,
): Promise<PreviousVersion> {
  const tree = join(folder, 'previous');
  const archive = join(folder, 'previous.tar');
  const git = ['-C', ROOT, '-c', `safe.directory=${ROOT.replace(/\/$/, '')}`];
  const show = [...git, 'log', '-1', '--format=%h "%s"', ref, '--'];
  const shown = await runProgram('git', show, surroundings).catch(() => undefined);
  if (shown?.code !== 0) throw new NoHistoryError(`git knows no commit ${ref} here`);
  await mkdir(tree, { recursive: true });
  await succeed('git', [...git, 'archive', '--output', archive, ref], surroundings);
  await succeed('tar', ['-xf', archive, '-C', tree], surroundings);
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  const lock = (root: string) => readFile(join(root, 'package-lock.json'), 'utf8');
  const hasSamePackages = (await lock(tree)) === (await lock(ROOT));
  return { tree, title: shown.output.trim(), hasSamePackages };
}
