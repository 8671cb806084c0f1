import type { Video } from './video.ts';
import { type Step, secondsSince } from './waiting-room.ts';

/** Lets a video stand in line for the provider. Its place is the time of its upload: it is due from then on. */
export function lineUp(video: Video, now: Date, set: Step<Video>['set'] = {}): Step<Video> {
  return {
    to: 'waiting',
    inSeconds: -secondsSince(video.uploadedAt, now),
    set: { ...set, slotAt: undefined },
  };
}

/** Sorts a line, the first first. S3's sequencers, which order the uploads of one key, do for those of one moment. */
export function byPlaceInLine(a: Video, b: Video): number {
  return placeOf(a).localeCompare(placeOf(b));
}

function placeOf({ uploadedAt, sequencer }: Video): string {
  return `${uploadedAt} ${sequencer}`;
}
