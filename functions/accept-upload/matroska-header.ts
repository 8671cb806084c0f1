import { type BytesAt, UnreadableHeaderError } from './header-bytes.ts';
import type { HeaderClaims } from './header-claims.ts';

/** The ids of the elements that matter here (RFC 9559, section 5). */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const DISPLAY_WIDTH = 0x54b0;
const DISPLAY_HEIGHT = 0x54ba;
/** Two pictures in one, or the edges that are cut off; where not 0, less is shown than is stored. */
const STEREO_MODE = 0x53b8;
const PIXEL_CROPS = new Set([0x54aa, 0x54bb, 0x54cc, 0x54dd]);
const CLUSTER = 0x1f43b675;

/** Elements that are gone into; all others are passed over. */
const OPENED_ELEMENTS = new Set([SEGMENT, INFO, TRACKS, TRACK_ENTRY, VIDEO]);
/** The longest id and the longest size. */
const MAX_HEAD_BYTES = 12;

interface Element {
  readonly id: number;
  /** Where its content starts. */
  readonly start: number;
  readonly end: number;
  /** Whether it was left open, as by a live recording: it ends where the file does. */
  readonly isOpen: boolean;
}

interface StoredPicture {
  widthPixels: number;
  heightPixels: number;
  displayWidth?: number;
  displayHeight?: number;
  isPartlyShown?: true;
}

/** What was met on the way through the elements. */
interface Film {
  readonly pictures: StoredPicture[];
  unitNanoseconds: number;
  units?: number;
  isOpen?: true;
}

/** Whether a file that starts so is made of Matroska's elements, as a WebM is. */
export function isMatroska(start: DataView): boolean {
  return start.getUint32(0) === EBML;
}

/**
 * What a Matroska or WebM file (RFC 9559) claims ahead of its media. Its Segment must end where the
 * file does: of one that was cut off, left open or joined to another, the duration may be of a part.
 */
export async function readMatroskaHeader(
  bytesAt: BytesAt,
  sizeBytes: number,
): Promise<HeaderClaims> {
  const film: Film = { pictures: [], unitNanoseconds: 1_000_000 };
  for (let at = 0; at < sizeBytes; ) {
    const element = await readElement(bytesAt, at, sizeBytes);
    if (element.id === CLUSTER) return claimsOf(film);
    if (element.end > sizeBytes || (element.id === SEGMENT && element.end < sizeBytes)) {
      throw new UnreadableHeaderError('an element does not end where it should');
    }
    if (element.isOpen) film.isOpen = true;
    await readContent(bytesAt, element, film);
    at = OPENED_ELEMENTS.has(element.id) ? element.start : element.end;
  }
  throw new UnreadableHeaderError('no media');
}

function claimsOf({ pictures, units, unitNanoseconds, isOpen }: Film): HeaderClaims {
  const isKnown = units !== undefined && !isOpen;
  return {
    durationSeconds: isKnown ? (units * unitNanoseconds) / 1e9 : undefined,
    pictures: pictures.map((it) =>
      isShownAsStored(it) ? it : { widthPixels: 0, heightPixels: 0 },
    ),
  };
}

/** Whether the pictures are shown in the shape that they are stored in: if not, which one counts is not known. */
function isShownAsStored(picture: StoredPicture): boolean {
  const { widthPixels: width, heightPixels: height, isPartlyShown } = picture;
  const { displayWidth = width, displayHeight = height } = picture;
  return !isPartlyShown && displayWidth * height === displayHeight * width;
}

async function readElement(bytesAt: BytesAt, at: number, sizeBytes: number): Promise<Element> {
  const head = await bytesAt(at, Math.min(MAX_HEAD_BYTES, sizeBytes - at));
  const idBytes = lengthAt(head, 0);
  const lengthBytes = lengthAt(head, idBytes);
  const start = at + idBytes + lengthBytes;
  // Past the bits that tell how many bytes it has: 7 of each byte. All of them set mean: not known.
  const highest = head.getUint8(idBytes) & (2 ** (8 - lengthBytes) - 1);
  const contentBytes =
    highest * 256 ** (lengthBytes - 1) + uintAt(head, idBytes + 1, lengthBytes - 1);
  const isOpen = contentBytes >= 2 ** (7 * lengthBytes) - 1;
  const end = isOpen ? sizeBytes : start + contentBytes;
  return { id: uintAt(head, 0, idBytes), start, end, isOpen };
}

async function readContent(bytesAt: BytesAt, element: Element, film: Film): Promise<void> {
  const picture = film.pictures.at(-1);
  if (element.id === VIDEO) film.pictures.push({ widthPixels: 0, heightPixels: 0 });
  else if (element.id === TIMESTAMP_SCALE) film.unitNanoseconds = await uintOf(bytesAt, element);
  else if (element.id === DURATION) film.units = await floatOf(bytesAt, element);
  else if (picture && element.id === PIXEL_WIDTH) {
    picture.widthPixels = await uintOf(bytesAt, element);
  } else if (picture && element.id === PIXEL_HEIGHT) {
    picture.heightPixels = await uintOf(bytesAt, element);
  } else if (picture && element.id === DISPLAY_WIDTH) {
    picture.displayWidth = await uintOf(bytesAt, element);
  } else if (picture && element.id === DISPLAY_HEIGHT) {
    picture.displayHeight = await uintOf(bytesAt, element);
  } else if (picture && (element.id === STEREO_MODE || PIXEL_CROPS.has(element.id))) {
    if ((await uintOf(bytesAt, element)) > 0) picture.isPartlyShown = true;
  }
}

async function uintOf(bytesAt: BytesAt, { start, end }: Element): Promise<number> {
  if (end - start > 8) throw new UnreadableHeaderError('a number is too long');
  return uintAt(await bytesAt(start, end - start), 0, end - start);
}

async function floatOf(bytesAt: BytesAt, { start, end }: Element): Promise<number> {
  if (end - start === 4) return (await bytesAt(start, 4)).getFloat32(0);
  if (end - start === 8) return (await bytesAt(start, 8)).getFloat64(0);
  throw new UnreadableHeaderError('no number has such a length');
}

/** The length of a variable-length integer, told by the zero bits it begins with. */
function lengthAt(view: DataView, position: number): number {
  const length = position < view.byteLength ? Math.clz32(view.getUint8(position)) - 23 : Infinity;
  if (position + length > view.byteLength || length > 8)
    throw new UnreadableHeaderError('no element');
  return length;
}

function uintAt(view: DataView, position: number, byteCount: number): number {
  let value = 0;
  for (let index = 0; index < byteCount; index += 1) {
    value = value * 256 + view.getUint8(position + index);
  }
  return value;
}
