import { gunzipSync } from 'node:zlib';
import { lineAt, textAt, type Workload } from '../content.ts';
import { type Attributes, plainOf } from './attributes.ts';

/** What of a workload is there after a collection. */
export interface Kept {
  /** Lines that the table, and what it points at, does not hold, or not as they were sent. */
  readonly wrong: number;
}

type Objects = ReadonlyMap<string, Buffer>;

interface Place {
  readonly archiveKey: string;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Compares the rows of a table, and the lines that they point at, with what was sent. */
export function keptOf(workload: Workload, rows: Iterable<Attributes>, objects: Objects): Kept {
  const right = new Set<number>();
  for (const { customId, result, archived } of rows) {
    const index = Number.parseInt(String(customId?.['S']), 10);
    const place = archived && (plainOf(archived) as Place);
    if (result && isAsSent(index, plainOf(result), place, { workload, objects })) right.add(index);
  }
  return { wrong: workload.lines - right.size };
}

/** Whether a row holds a text, as our store writes it or as the SDK's map, or points at its line. */
function isAsSent(
  index: number,
  result: unknown,
  place: Place | undefined,
  { workload, objects }: { readonly workload: Workload; readonly objects: Objects },
): boolean {
  const { text, data, inArchive } = result as {
    readonly text?: string;
    readonly data?: { readonly data: string };
    readonly inArchive?: string;
  };
  if (!inArchive) return (text ?? data?.data) === textAt(index, workload);
  return place !== undefined && memberAt(place, objects).includes(lineAt(index, workload));
}

/** The lines of a member of an archive object; none where it is not whole. */
function memberAt({ archiveKey, offsetBytes, lengthBytes }: Place, objects: Objects): string[] {
  const packed = objects.get(archiveKey)?.subarray(offsetBytes, offsetBytes + lengthBytes);
  try {
    return gunzipSync(packed ?? '')
      .toString()
      .split('\n');
  } catch {
    return [];
  }
}
