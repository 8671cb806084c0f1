import { lengthOf, type Part } from './sparse-object.ts';

/** A box of an MP4; from 4 GB on its length takes 64 bits. */
export function box(type: string, ...content: readonly Part[]): Part[] {
  const contentBytes = lengthOf(content);
  const head = Buffer.alloc(contentBytes < 2 ** 32 - 8 ? 8 : 16);
  head.writeUInt32BE(head.length === 8 ? contentBytes + 8 : 1);
  head.write(type, 4, 'latin1');
  if (head.length === 16) head.writeBigUInt64BE(BigInt(contentBytes) + 16n, 8);
  return [head, ...content];
}

/** So many zeros, but for a few fields of 32 bits, or of 4 letters. */
export function fields(byteCount: number, values: Record<number, number | string>): Buffer {
  const bytes = Buffer.alloc(byteCount);
  for (const [position, value] of Object.entries(values)) {
    if (typeof value === 'string') bytes.write(value, Number(position), 'latin1');
    else bytes.writeUInt32BE(value, Number(position));
  }
  return bytes;
}

export function movieHeader(units: number, unitsPerSecond = 1_000): Part[] {
  return box('mvhd', fields(100, { 12: unitsPerSecond, 16: units }));
}

export interface TrackParts {
  readonly kind?: string;
  readonly units?: number;
  readonly size?: readonly [number, number];
  readonly descriptions?: number;
  /** Boxes at the end of the description of its pictures. */
  readonly shape?: readonly Part[];
  /** What its tables of samples take. */
  readonly tableBytes?: number;
}

export function track({
  kind = 'vide',
  units = 10_000,
  size: [width, height] = [640, 360],
  descriptions = 1,
  shape = [],
  tableBytes = 0,
}: TrackParts = {}): Part[] {
  const entryBytes = 86 + lengthOf(shape);
  const values = { 4: descriptions, 8: entryBytes, 12: 'avc1', 40: width * 2 ** 16 + height };
  const described = [fields(94, values), ...shape];
  const tables = [...box('stts', tableBytes / 2), ...box('stsz', tableBytes / 2)];
  return box(
    'trak',
    ...box('tkhd', fields(84, { 20: units })),
    ...box(
      'mdia',
      ...box('hdlr', fields(24, { 8: kind })),
      ...box(
        'minf',
        ...box('hdlr', fields(24, { 8: 'alis' })),
        ...box('stbl', ...box('stsd', ...described), ...tables),
      ),
    ),
  );
}

/** An element of a Matroska file, or one that is left open. */
export function element(id: number, ...content: readonly Part[]): Part[] {
  return [idOf(id), lengthField(BigInt(lengthOf(content))), ...content];
}

export function openElement(id: number, ...content: readonly Part[]): Part[] {
  return [idOf(id), lengthField(2n ** 56n - 1n), ...content];
}

function idOf(id: number): Buffer {
  return Buffer.from(id.toString(16), 'hex');
}

function lengthField(length: bigint): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(2n ** 56n + length);
  return field;
}
