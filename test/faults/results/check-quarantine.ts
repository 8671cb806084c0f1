import type { Item } from '../../../shared/store/table.ts';
import type { CollectorWorld } from '../../support/collector-world.ts';
import type { ArchiveLook } from './archive-look.ts';
import { sha256 } from './lines.ts';
import { briefly } from './same.ts';
import { keptBytes, type PlacedLine } from './stream.ts';

/** Each bad line that was met is set aside once, with its bytes and where it first stood; nothing else is. */
export class QuarantineCheck {
  readonly #world: CollectorWorld;
  readonly #look: ArchiveLook;
  readonly #known = new Set<string>();

  constructor(world: CollectorWorld, look: ArchiveLook) {
    this.#world = world;
    this.#look = look;
  }

  /** @returns what broke, in words */
  after(lines: readonly PlacedLine[], rows: readonly Item[]): string[] {
    const found = new Map(rows.map((row) => [row['sha256'], row]));
    const broken: string[] = [];
    for (const line of lines) {
      const bytes = keptBytes(line);
      const sum = sha256(bytes);
      if (this.#known.has(sum)) continue;
      this.#known.add(sum);
      const words = this.#wrongWith(found.get(sum), line, bytes);
      if (words) broken.push(`${line.name} at byte ${line.start}: ${words}`);
    }
    if (rows.length !== this.#known.size)
      broken.push(`${rows.length} lines are in quarantine, not ${this.#known.size}`);
    return broken;
  }

  #wrongWith(
    row: Item | undefined,
    { said, start }: PlacedLine,
    bytes: Buffer,
  ): string | undefined {
    if (!row) return 'it is not in quarantine';
    const { code } = row['reason'] as { code?: string };
    if (said.kind === 'bad' && code !== said.code) return `it is ${code}, not ${said.code}`;
    const { batchId, offsetBytes, lengthBytes, state } = row;
    const isRight =
      offsetBytes === start &&
      lengthBytes === bytes.length &&
      batchId === this.#world.batchId &&
      state === 'quarantined';
    if (!isRight) return `its row says ${briefly(row)}`;
    return this.#look.holds(row['archived'], bytes)
      ? undefined
      : 'its bytes are not in the archive';
  }
}
