import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { LANDSCAPE } from '../../support/films.ts';

/** Enough pictures to be a film, each shown for seconds. */
const PICTURES = 3;
const PICTURE_SECONDS = 2;

/** The smallest clip that the pipeline and the provider take: some seconds of a real picture. */
export async function makeTinyClip(): Promise<Uint8Array> {
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(LANDSCAPE) });
  const track = await input.getPrimaryVideoTrack();
  const [codec, decoderConfig] = [await track?.getCodec(), await track?.getDecoderConfig()];
  if (!track || !codec || !decoderConfig) throw new Error('the sample has no picture');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source);
  await output.start();
  let at = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (at === PICTURES) break;
    const shown = { timestamp: at * PICTURE_SECONDS, duration: PICTURE_SECONDS };
    await source.add(packet.clone(shown), { decoderConfig });
    at += 1;
  }
  source.close();
  await output.finalize();
  if (!target.buffer) throw new Error('no clip was written');
  return new Uint8Array(target.buffer);
}

/** The same clip in other bytes: a box of an MP4 that players skip, holding `text`. */
export function withText(clip: Uint8Array, text: string): Uint8Array {
  const content = Buffer.from(text);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + content.length);
  head.write('free', 4);
  return Buffer.concat([clip, head, content]);
}
