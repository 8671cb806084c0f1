import { fractionOf } from '../chance.ts';
import type { Operation } from '../http/operation.ts';
import { boxFault, type Fault, type FaultInput, type FaultKind } from './fault.ts';

/** What a fault may strike: a request, an asset, an item, a line, or a notification. */
export interface FaultSubject {
  readonly operation?: Operation | undefined;
  readonly items?: number | undefined;
  readonly filename?: string | undefined;
  readonly assetId?: string | undefined;
  readonly customId?: string | null;
  readonly taskId?: string;
  readonly type?: string;
  readonly url?: string;
}

/** A fault that is set, and how often it was in question and has struck. */
export interface SetFault {
  readonly faultId: string;
  readonly fault: Fault;
  readonly met: number;
  readonly struck: number;
}

interface Entry {
  readonly faultId: string;
  readonly fault: Fault;
  met: number;
  struck: number;
}

/** The faults that are set, and the chance that decides when they strike. */
export class FaultPlan {
  readonly #entries: Entry[] = [];
  #count = 0;

  /** Sets a fault and returns its id; throws a `ZodError` for what is none. */
  set(input: FaultInput): string {
    const fault = boxFault.parse(input);
    this.#count += 1;
    const faultId = `fault-${this.#count}`;
    this.#entries.push({ faultId, fault, met: 0, struck: 0 });
    return faultId;
  }

  /** Ends a fault; says whether it was set. */
  end(faultId: string): boolean {
    const index = this.#entries.findIndex((entry) => entry.faultId === faultId);
    if (index >= 0) this.#entries.splice(index, 1);
    return index >= 0;
  }

  /** Ends every fault. */
  clear(): void {
    this.#entries.length = 0;
  }

  /** Ends every fault and counts anew, so that chance takes the same course as at the start. */
  reset(): void {
    this.clear();
    this.#count = 0;
  }

  /** Every fault that was set and not ended, the used-up ones included. */
  list(): readonly SetFault[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /**
   * The faults of these kinds that strike the subject now, in the order in which they were set; of
   * several of one kind only the first, so that answers given in a row are answered in a row.
   */
  strike<K extends FaultKind>(
    kinds: readonly K[],
    subject: FaultSubject,
  ): Extract<Fault, { kind: K }>[] {
    const struck = new Map<FaultKind, Fault>();
    for (const entry of this.#entries) {
      const { fault } = entry;
      if (struck.has(fault.kind) || !(kinds as readonly string[]).includes(fault.kind)) continue;
      if (isAbout(fault, subject) && strikesNow(entry)) struck.set(fault.kind, fault);
    }
    return [...struck.values()] as Extract<Fault, { kind: K }>[];
  }

  /** A number from 0 up to 1 for a fault that chooses by chance. */
  chance(fault: Fault, subject: string): number {
    return fractionOf('fault', fault.seed ?? '', subject);
  }
}

/** Counts the meeting and decides; the same meetings in the same order give the same decisions. */
function strikesNow(entry: Entry): boolean {
  const { skip = 0, times = Infinity, probability = 1, seed = '' } = entry.fault;
  entry.met += 1;
  if (entry.met <= skip || entry.struck >= times) return false;
  if (fractionOf('strike', seed, entry.faultId, entry.met) >= probability) return false;
  entry.struck += 1;
  return true;
}

function isAbout(fault: Fault, subject: FaultSubject): boolean {
  const { operation, minItems, filename, assetId, customId, taskId, type, url } = fault as Wishes;
  return (
    (operation === undefined || operation === subject.operation) &&
    (minItems === undefined || (subject.items ?? 0) >= minItems) &&
    (filename === undefined || (subject.filename?.includes(filename) ?? false)) &&
    (assetId === undefined || assetId === subject.assetId) &&
    (customId === undefined || customId === subject.customId) &&
    (taskId === undefined || taskId === subject.taskId) &&
    (type === undefined || type === subject.type) &&
    (url === undefined || url === subject.url)
  );
}

/** Everything that any kind of fault may ask of its subject. */
interface Wishes {
  readonly operation?: Operation;
  readonly minItems?: number;
  readonly filename?: string;
  readonly assetId?: string;
  readonly customId?: string;
  readonly taskId?: string;
  readonly type?: string;
  readonly url?: string;
}
