import { lineAt, textAt, type Workload } from '../content.ts';
import { type Attributes, plainOf } from './attributes.ts';

/** What of a workload is there after a collection. */
export interface Kept {
  /** Lines whose text the table does not hold or point at, or not as it was sent. */
  readonly wrong: number;
  /** How many objects there are. */
  readonly objects: number;
  /** Those that are not, byte for byte, what the provider sent. */
  readonly wrongObjects: number;
}

type Objects = ReadonlyMap<string, Buffer>;

/** Compares the rows of a table, and what they point at, with what was sent. */
export function keptOf(workload: Workload, rows: Iterable<Attributes>, objects: Objects): Kept {
  const right = new Set<number>();
  for (const { customId, result } of rows) {
    const index = Number.parseInt(String(customId?.['S']), 10);
    if (result && textOf(plainOf(result), objects) === textAt(index, workload)) right.add(index);
  }
  const wrongObjects = [...objects.values()].filter((object) => !isAsSent(object, workload));
  return {
    wrong: workload.lines - right.size,
    objects: objects.size,
    wrongObjects: wrongObjects.length,
  };
}

/** The text that a row's result holds or points at: as our store writes it, or as the SDK's map. */
function textOf(result: unknown, objects: Objects): string | undefined {
  const { text, archived, data } = result as {
    readonly text?: string;
    readonly archived?: Record<'archiveKey' | 'offsetBytes' | 'lengthBytes', never>;
    readonly data?: { readonly data: string };
  };
  if (!archived) return text ?? data?.data;
  const { archiveKey, offsetBytes, lengthBytes } = archived;
  const line = objects.get(archiveKey)?.subarray(offsetBytes, offsetBytes + lengthBytes);
  try {
    return JSON.parse(String(line)).data.data;
  } catch {
    return undefined;
  }
}

function isAsSent(object: Buffer, workload: Workload): boolean {
  let at = 0;
  for (let index = 0; index < workload.lines; index++) {
    const line = Buffer.from(`${index === 0 ? '' : '\n'}${lineAt(index, workload)}`);
    if (!object.subarray(at, at + line.length).equals(line)) return false;
    at += line.length;
  }
  return at === object.length;
}
