import { readFileSync } from 'node:fs';
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  Output,
  type OutputFormat,
} from 'mediabunny';

const samples = new URL('../../samples/', import.meta.url);

/** 12 s of 360x640 H.264 with AAC. */
export const PORTRAIT = readFileSync(new URL('Köln 東京 – matinée.mp4', samples));
/** 20 s of 640x360 H.264, silent. */
export const LANDSCAPE = readFileSync(new URL('football/goals.mp4', samples));
/** 7 s of 480x480 VP9 with Opus. */
export const SQUARE = readFileSync(new URL('interview.webm', samples));

export interface FilmOptions {
  /** Each the sample whose pictures become a track. */
  readonly pictures?: readonly Uint8Array[];
  /** Each the sample whose sound becomes a track. */
  readonly sounds?: readonly Uint8Array[];
  /** Makes a film longer without making it larger. */
  readonly slowedBy?: number;
  readonly rotation?: 0 | 90 | 180 | 270;
}

/** Writes a film of packets copied from the samples. */
export async function writeFilm(format: OutputFormat, options: FilmOptions = {}) {
  const { pictures = [PORTRAIT], sounds = [PORTRAIT], slowedBy = 1, rotation = 0 } = options;
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const copies: (() => Promise<void>)[] = [];
  const open = (bytes: Uint8Array) =>
    new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  for (const sample of pictures) {
    const track = present(await open(sample).getPrimaryVideoTrack());
    const source = new EncodedVideoPacketSource(present(await track.getCodec()));
    output.addVideoTrack(source, { rotation });
    copies.push(() => copyPackets(track, source, slowedBy));
  }
  for (const sample of sounds) {
    const track = present(await open(sample).getPrimaryAudioTrack());
    const source = new EncodedAudioPacketSource(present(await track.getCodec()));
    output.addAudioTrack(source);
    copies.push(() => copyPackets(track, source, slowedBy));
  }
  await output.start();
  await Promise.all(copies.map((copy) => copy()));
  await output.finalize();
  return new Uint8Array(present(target.buffer));
}

async function copyPackets(
  track: InputVideoTrack | InputAudioTrack,
  source: EncodedVideoPacketSource | EncodedAudioPacketSource,
  slowedBy: number,
): Promise<void> {
  const decoderConfig = present(await track.getDecoderConfig());
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const slowed = packet.clone({
      timestamp: packet.timestamp * slowedBy,
      duration: packet.duration * slowedBy,
    });
    await source.add(slowed, { decoderConfig } as object);
  }
  source.close();
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('the sample lacks what the film is made of');
  return value;
}
