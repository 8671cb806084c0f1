import { readFileSync } from 'node:fs';
import { Mp4OutputFormat, WebMOutputFormat } from 'mediabunny';
import { LANDSCAPE, PORTRAIT, SQUARE, writeFilm } from '../../support/films.ts';
import type { Drop } from './waves.ts';

const TEXT = readFileSync(new URL('../../../samples/not-a-video.mp4', import.meta.url));

/** What is dropped through the version before this one. */
export async function firstWave(): Promise<Drop[]> {
  const content = await writeFilm(new Mp4OutputFormat(), { slowedBy: 2 });
  return [{ key: 'before the upgrade.mp4', content, analyses: 1 }];
}

/** Names that are hard on URLs, and one file that is no video. */
export function plainWave(): Drop[] {
  return [
    { key: 'football/goals.mp4', content: LANDSCAPE, analyses: 2 },
    { key: 'Köln 東京 – matinée.mp4', content: PORTRAIT, analyses: 1 },
    { key: 'a+b c%20d & (100%)/interview.webm', content: SQUARE, analyses: 1 },
    { key: 'no video/日本 + «notes» 50%.mp4', content: TEXT, analyses: 0 },
  ];
}

/** What is on its way while functions are killed: films of its own, so that a second bill would show. */
export async function struckWave(): Promise<Drop[]> {
  const mp4 = new Mp4OutputFormat();
  const webm = new WebMOutputFormat();
  const square = { pictures: [SQUARE], sounds: [SQUARE] };
  return [
    { key: 'struck/one.mp4', content: await writeFilm(mp4, { slowedBy: 3 }), analyses: 1 },
    {
      key: 'struck/two.webm',
      content: await writeFilm(webm, { ...square, slowedBy: 2 }),
      analyses: 1,
    },
    { key: 'football/three.mp4', content: await writeFilm(mp4, { slowedBy: 4 }), analyses: 2 },
  ];
}
