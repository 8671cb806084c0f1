import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import type { VideoRows } from '../read-video.ts';
import { isFinal } from '../read-video.ts';
import { describeVideo } from './describe-video.ts';

/** Shows where each video is while it moves. */
export interface Progress {
  show(videos: readonly VideoRows[]): void;
  /** Says something beside it, on a line that stays. */
  note(text: string): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/** Lines kept free for what stands above and below. */
const ROWS_KEPT_FREE = 4;

/** On a terminal one line a video, redrawn; elsewhere one plain line for each change. */
export function createProgress(stdout: NodeJS.WriteStream): Progress {
  return stdout.isTTY ? redrawn(stdout) : appended(stdout);
}

function redrawn(stdout: NodeJS.WriteStream): Progress {
  const logUpdate = createLogUpdate(stdout);
  return {
    show: (videos) => {
      const room = Math.max(3, (stdout.rows ?? 24) - ROWS_KEPT_FREE);
      const moving = videos.filter((it) => !isFinal(it));
      const shown = videos.length <= room ? videos : moving.slice(0, room - 1);
      const lines = shown.map((it) => line(it, shown, stdout.columns ?? 80));
      const hidden = videos.length - shown.length;
      if (hidden > 0) {
        const done = videos.length - moving.length;
        lines.push(`  … ${done} of ${videos.length} videos have reached their end`);
      }
      logUpdate(lines.join('\n'));
    },
    note: (text) => {
      logUpdate.clear();
      stdout.write(`${printable(text)}\n`);
    },
    end: () => logUpdate.done(),
  };
}

function line(it: VideoRows, all: readonly VideoRows[], columns: number): string {
  const width = Math.min(40, Math.max(...all.map(({ key }) => stringWidth(printable(key)))));
  const mark = !isFinal(it) ? '·' : it.video?.state === 'admitted' ? '✓' : '✗';
  const key = clip(it.key, width);
  const padding = ' '.repeat(width - stringWidth(key));
  return clip(`${mark} ${key}${padding}  ${describeVideo(it)}`, columns - 1);
}

function appended(stdout: NodeJS.WriteStream): Progress {
  const startedAt = Date.now();
  const last = new Map<string, string>();
  return {
    show: (videos) => {
      for (const it of videos) {
        const now = describeVideo(it);
        if (last.get(it.key) === now) continue;
        last.set(it.key, now);
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
        stdout.write(`${seconds} s  ${printable(it.key)}  ${printable(now)}\n`);
      }
    },
    note: (text) => stdout.write(`${printable(text)}\n`),
    end: () => {},
  };
}

/** At most `width` columns of the terminal, of which some characters take two. */
function clip(text: string, width: number): string {
  const plain = printable(text);
  if (stringWidth(plain) <= width) return plain;
  let clipped = '';
  for (const { segment } of new Intl.Segmenter().segment(plain)) {
    if (stringWidth(clipped + segment) > width - 1) break;
    clipped += segment;
  }
  return `${clipped}…`;
}

/** Keys and reasons come from outside: no control sequence of theirs reaches the terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '?');
}
