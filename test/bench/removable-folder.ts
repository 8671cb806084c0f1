import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder of the machine's own for such, gone with all in it when its user is done. */
export interface RemovableFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder whose name begins with `prefix`. */
export async function removable(prefix: string): Promise<RemovableFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
