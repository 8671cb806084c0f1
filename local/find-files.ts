import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { UserError } from './user-error.ts';

/** A file on disk and the S3 key it is dropped under. */
export interface LocalFile {
  readonly path: string;
  readonly key: string;
  readonly sizeBytes: number;
}

/** S3's own limit on keys, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1_024;
/** The embedded S3 keeps its objects in memory. */
const MAX_TOTAL_BYTES = 4 * 1024 ** 3;

/**
 * The files that the given paths stand for: a file under its name, a folder with everything below it
 * under the path from there. Hidden files and links to other folders are left out.
 * @throws UserError that names the path and what is wrong with it
 */
export async function findFiles(paths: readonly string[]): Promise<LocalFile[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  if (files.length === 0) throw new UserError(`there is no file in ${paths.join(', ')}`);
  checkKeys(files);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (totalBytes > MAX_TOTAL_BYTES) {
    throw new UserError(
      `the files have ${gigabytes(totalBytes)} GiB together; the local S3 keeps its objects in ` +
        `memory and takes at most ${gigabytes(MAX_TOTAL_BYTES)} GiB: give fewer at a time`,
    );
  }
  return files;
}

async function filesAt(path: string): Promise<LocalFile[]> {
  const found = await stat(path).catch(explain(path));
  if (found.isFile()) return await localFile(path, basename(path));
  if (!found.isDirectory()) throw new UserError(`${path} is neither a file nor a folder`);
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    explain(path),
  );
  const visible = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !keyBelow(path, file)
          .split('/')
          .some((part) => part.startsWith('.')),
    )
    .sort();
  const files = visible.map((file) => localFile(file, keyBelow(path, file)));
  return (await Promise.all(files)).flat();
}

/** The file itself; none when it is a link to something else. */
async function localFile(path: string, key: string): Promise<LocalFile[]> {
  await access(path, constants.R_OK).catch(explain(path));
  const found = await stat(path).catch(explain(path));
  return found.isFile() ? [{ path, key: key.normalize('NFC'), sizeBytes: found.size }] : [];
}

function keyBelow(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

function checkKeys(files: readonly LocalFile[]): void {
  const byKey = new Map<string, LocalFile>();
  for (const file of files) {
    const other = byKey.get(file.key);
    if (other) {
      throw new UserError(`${other.path} and ${file.path} would both become the key ${file.key}`);
    }
    if (Buffer.byteLength(file.key) > MAX_KEY_BYTES) {
      throw new UserError(`the key of ${file.path} would have over ${MAX_KEY_BYTES} bytes`);
    }
    byKey.set(file.key, file);
  }
}

function explain(path: string) {
  return (error: NodeJS.ErrnoException): never => {
    const why: Record<string, string> = {
      ENOENT: 'there is no such file or folder',
      EACCES: 'you may not read it',
      ELOOP: 'it is a link that leads nowhere',
    };
    throw new UserError(`${error.path ?? path}: ${why[error.code ?? ''] ?? error.message}`);
  };
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
