import { type BytesAt, UnreadableHeaderError } from './header-bytes.ts';
import type { HeaderClaims, Picture } from './header-claims.ts';

/** Boxes that a film may begin with; `ftyp`, unless it is an old QuickTime film. */
const FIRST_BOXES = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);
/** Boxes that are gone into; all others are passed over. */
const OPENED_BOXES = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** The fixed part of the description of pictures, after which its boxes begin. */
const PICTURE_ENTRY_BYTES = 86;
/** A film is as long as its longest track; more than rounding and a gap at the start is an error. */
const TOLERANCE_SECONDS = 1;

interface Box {
  readonly type: string;
  /** Where its content starts. */
  readonly start: number;
  readonly end: number;
}

interface Track {
  readonly end: number;
  kind?: 'vide' | 'soun';
  /** In units of the film's time scale. */
  duration?: number;
  picture?: Picture;
}

/** What was met on the way through the boxes. */
interface Film {
  readonly tracks: Track[];
  length?: { readonly units: number; readonly unitsPerSecond: number };
  hasMedia?: true;
  isFragmented?: true;
}

/** Whether a file that starts so is made of MP4's boxes. */
export function isMp4(start: DataView): boolean {
  return FIRST_BOXES.has(typeAt(start, 4));
}

/**
 * What an MP4 or QuickTime file (ISO/IEC 14496-12) claims, wherever its `moov` is. Goes from box to box
 * up to the end of the file, where the last one must end: a film that was cut off still announces
 * all of its duration.
 */
export async function readMp4Header(bytesAt: BytesAt, sizeBytes: number): Promise<HeaderClaims> {
  const film: Film = { tracks: [] };
  for (let at = 0; at < sizeBytes; ) {
    const box = await readBox(bytesAt, at, sizeBytes);
    await readContent(bytesAt, box, film);
    // From here on it is fragments, none of which knows of the last.
    if (box.type === 'moof') break;
    at = nextAfter(box, film);
  }
  const pictures = film.tracks
    .filter(({ kind }) => kind === 'vide')
    .map(({ picture }) => picture ?? { widthPixels: 0, heightPixels: 0 });
  return { durationSeconds: durationOf(film), pictures };
}

/** The duration of a film, if its pictures or sound last as long. A fragmented one's is that of a part. */
function durationOf({ length, tracks, hasMedia, isFragmented }: Film): number | undefined {
  if (!length || !hasMedia || isFragmented) return undefined;
  const { units, unitsPerSecond } = length;
  const longest = tracks.reduce((most, it) => Math.max(most, (it.kind && it.duration) ?? 0), 0);
  const isNear = Math.abs(units - longest) <= TOLERANCE_SECONDS * unitsPerSecond;
  return longest > 0 && isNear ? units / unitsPerSecond : undefined;
}

/** Where to go on after a box. The rest of a track, its long tables of samples, is passed over at once. */
function nextAfter(box: Box, { tracks }: Film): number {
  if (box.type === 'stsd') return Math.max(box.end, tracks.at(-1)?.end ?? 0);
  return OPENED_BOXES.has(box.type) ? box.start : box.end;
}

async function readBox(bytesAt: BytesAt, at: number, sizeBytes: number): Promise<Box> {
  const head = await bytesAt(at, 8);
  const type = typeAt(head, 4);
  const headBytes = head.getUint32(0) === 1 ? 16 : 8;
  let boxBytes = head.getUint32(0);
  if (boxBytes === 1) boxBytes = Number((await bytesAt(at + 8, 8)).getBigUint64(0));
  // Media may go on to the end of the file.
  else if (boxBytes === 0 && type === 'mdat') boxBytes = sizeBytes - at;
  if (boxBytes < headBytes || at + boxBytes > sizeBytes) {
    throw new UnreadableHeaderError('a box does not end within the file');
  }
  return { type, start: at + headBytes, end: at + boxBytes };
}

async function readContent(bytesAt: BytesAt, box: Box, film: Film): Promise<void> {
  const track = film.tracks.at(-1);
  if (box.type === 'trak') film.tracks.push({ end: box.end });
  else if (box.type === 'mdat') film.hasMedia = true;
  else if (box.type === 'mvex' || box.type === 'moof') film.isFragmented = true;
  else if (box.type === 'mvhd') {
    if (film.length) throw new UnreadableHeaderError('two films in one file');
    const view = await contentOf(bytesAt, box, 36);
    const unitsPerSecond = view.getUint32(isLong(view) ? 20 : 12);
    film.length = { units: durationAt(view, isLong(view) ? 24 : 16), unitsPerSecond };
  } else if (track && box.type === 'tkhd') {
    const view = await contentOf(bytesAt, box, 36);
    track.duration = durationAt(view, isLong(view) ? 28 : 20);
  } else if (track && box.type === 'hdlr') {
    const kind = typeAt(await contentOf(bytesAt, box, 12), 8);
    if (kind === 'vide' || kind === 'soun') track.kind = kind;
  } else if (track?.kind === 'vide' && box.type === 'stsd') {
    const picture = await readPicture(bytesAt, box);
    if (picture) track.picture = picture;
  }
}

/** The size of a track's pictures, unless they are shown in another shape than they are stored in. */
async function readPicture(bytesAt: BytesAt, box: Box): Promise<Picture | undefined> {
  const view = await contentOf(bytesAt, box, 44);
  // With several descriptions, each is of a part of the track.
  if (view.getUint32(4) !== 1) return undefined;
  const entryStart = box.start + 8;
  const entryEnd = Math.min(entryStart + view.getUint32(8), box.end);
  for (let at = entryStart + PICTURE_ENTRY_BYTES; at + 16 <= entryEnd; ) {
    const part = await bytesAt(at, 16);
    const type = typeAt(part, 4);
    if (type === 'clap') return undefined;
    if (type === 'pasp' && part.getUint32(8) !== part.getUint32(12)) return undefined;
    // Less than its own head: what follows can't be told.
    if (part.getUint32(0) < 8) return undefined;
    at += part.getUint32(0);
  }
  return { widthPixels: view.getUint16(40), heightPixels: view.getUint16(42) };
}

async function contentOf(bytesAt: BytesAt, box: Box, byteCount: number): Promise<DataView> {
  if (box.start + byteCount > box.end) throw new UnreadableHeaderError('a box is too short');
  return await bytesAt(box.start, byteCount);
}

/** Whether a box has 64 bits for each of its times. */
function isLong(view: DataView): boolean {
  return view.getUint8(0) === 1;
}

/** A duration, of which all ones mean that it is not known: 0. */
function durationAt(view: DataView, position: number): number {
  const units = isLong(view) ? view.getBigUint64(position) : BigInt(view.getUint32(position));
  const unknown = isLong(view) ? 2n ** 64n - 1n : 2n ** 32n - 1n;
  return units === unknown ? 0 : Number(units);
}

function typeAt(view: DataView, position: number): string {
  const codes = [0, 1, 2, 3].map((index) => view.getUint8(position + index));
  return String.fromCharCode(...codes);
}
