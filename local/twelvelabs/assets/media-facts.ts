import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';

/** What the bytes of a file say about it. */
export interface MediaFacts {
  readonly sizeBytes: number;
  /** 0 for an image. */
  readonly durationSeconds: number;
  readonly mimeType: string;
  readonly containerFormat: string;
  readonly videoStreamCount: number;
  readonly audioStreamCount: number;
  readonly video?: VideoFacts;
  readonly audio?: AudioFacts;
  /** Present only if the file is an image, which has neither picture track nor sound. */
  readonly image?: ImageFacts;
}

/** The primary picture track. */
export interface VideoFacts {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateBps: number;
}

/** The primary sound track. */
export interface AudioFacts {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
}

/** A still picture. */
export interface ImageFacts {
  readonly format: string;
}

/** FFmpeg's names, which is what the provider reports. */
const containerNames: Readonly<Record<string, string>> = {
  MP4: 'mov,mp4,m4a,3gp,3g2,mj2',
  'QuickTime File Format': 'mov,mp4,m4a,3gp,3g2,mj2',
  Matroska: 'matroska,webm',
  WebM: 'matroska,webm',
  'MPEG Transport Stream': 'mpegts',
};

/** Enough packets to know the frame rate of a clip without reading all of a long film. */
const SAMPLED_PACKETS = 100;

/** Reads the facts of a media file; rejects when it is none, or a broken one. */
export async function readMediaFacts(path: string, sizeBytes: number): Promise<MediaFacts> {
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  const format = await input.getFormat();
  const videoTracks = await input.getVideoTracks();
  const audioTracks = await input.getAudioTracks();
  const durationSeconds = await input.computeDuration();
  if (videoTracks.length + audioTracks.length === 0 || !(durationSeconds > 0)) {
    throw new Error('no picture or sound of any duration in the file');
  }
  const video = await input.getPrimaryVideoTrack();
  const audio = await input.getPrimaryAudioTrack();
  return {
    sizeBytes,
    durationSeconds: rounded(durationSeconds),
    mimeType: format.mimeType,
    containerFormat: containerNames[format.name] ?? format.name.toLowerCase(),
    videoStreamCount: videoTracks.length,
    audioStreamCount: audioTracks.length,
    ...(video && { video: await readVideoFacts(video) }),
    ...(audio && { audio: await readAudioFacts(audio) }),
  };
}

async function readVideoFacts(track: InputVideoTrack): Promise<VideoFacts> {
  const codec = await track.getCodec();
  // A file that was cut off still announces all of its duration, but its last frame is missing.
  if (!(await new EncodedPacketSink(track).getPacket(Infinity))) {
    throw new Error('the file is cut off');
  }
  const packets = await track.computePacketStats(SAMPLED_PACKETS);
  return {
    codec: codec === 'avc' ? 'h264' : (codec ?? 'unknown'),
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    fps: rounded(packets.averagePacketRate),
    bitrateBps: Math.round(packets.averageBitrate),
  };
}

async function readAudioFacts(track: InputAudioTrack): Promise<AudioFacts> {
  return {
    codec: (await track.getCodec()) ?? 'unknown',
    sampleRate: await track.getSampleRate(),
    channels: await track.getNumberOfChannels(),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
