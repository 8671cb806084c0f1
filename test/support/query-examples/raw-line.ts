import { createHash } from 'node:crypto';
import type { Analysis } from '../../../shared/analysis.ts';
import { createArchive } from '../../../shared/archive.ts';
import { type ArchivedLine, unpackLines } from '../../../shared/archive-format.ts';
import { resultLines } from '../../../shared/twelvelabs/result-line.ts';

/** The line that settled an analysis, as TwelveLabs sent it. */
export async function rawLineOf({ archived, customId }: Analysis, archiveName: string) {
  if (!archived || !customId) return undefined;
  const packed = await createArchive(archiveName).readMember(archived);
  const lines = [...resultLines(await unpackLines(packed))];
  const found = lines.find(({ line }) => line.custom_id === customId);
  return found && new TextDecoder().decode(found.bytes);
}

/** The bytes of a line in quarantine. */
export async function quarantinedBytes(
  { archived, sha256 }: { archived: ArchivedLine; sha256: string },
  archiveName: string,
) {
  const lines = await unpackLines(await createArchive(archiveName).readMember(archived));
  const isIt = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === sha256;
  return lines.find(isIt);
}
