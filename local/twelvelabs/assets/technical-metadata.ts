import type { AudioFacts, MediaFacts, VideoFacts } from './media-facts.ts';

/** What the provider read from a file, under its names; what does not apply is absent. */
export function technicalMetadata(facts: MediaFacts) {
  const { video, audio, image } = facts;
  const file = { file_size_bytes: facts.sizeBytes, file_mime_type: facts.mimeType };
  if (image) return { ...file, image_format: image.format };
  return {
    ...file,
    file_container_format: facts.containerFormat,
    has_audio: audio !== undefined,
    total_video_streams: facts.videoStreamCount,
    total_audio_streams: facts.audioStreamCount,
    ...(video && videoMetadata(video, facts.durationSeconds)),
    ...(audio && audioMetadata(audio)),
  };
}

function videoMetadata(video: VideoFacts, durationSeconds: number) {
  return {
    video_codec: video.codec,
    video_width: video.width,
    video_height: video.height,
    video_fps: video.fps,
    video_duration_seconds: durationSeconds,
    video_bitrate_bps: video.bitrateBps,
    storage_aspect_ratio: Math.round((video.width / video.height) * 100) / 100,
    video_streams: [
      { index: 0, codec: video.codec, width: video.width, height: video.height, fps: video.fps },
    ],
  };
}

function audioMetadata(audio: AudioFacts) {
  return {
    audio_codec: audio.codec,
    audio_sample_rate: audio.sampleRate,
    audio_channels: audio.channels,
    audio_streams: [
      { index: 1, codec: audio.codec, sample_rate: audio.sampleRate, channels: audio.channels },
    ],
  };
}
