import { Readable } from 'node:stream';
import { Mp4OutputFormat } from 'mediabunny';
import type { BatcherWorld } from '../../support/batcher-world.ts';
import { LANDSCAPE, writeFilm } from '../../support/films.ts';

/** A video of hours, small enough to be sent by the hundred. */
export interface LongFilm {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A video that the provider has. */
export interface FilmAsset {
  readonly assetId: string;
  readonly durationSeconds: number;
}

const LANDSCAPE_SECONDS = 20;

export async function makeLongFilms(hours: readonly number[]): Promise<LongFilm[]> {
  return await Promise.all(
    hours.map(async (each) => {
      const slowedBy = (each * 3_600) / LANDSCAPE_SECONDS;
      const pictures = [LANDSCAPE];
      const bytes = await writeFilm(new Mp4OutputFormat(), { pictures, sounds: [], slowedBy });
      return { name: `${each}-hours.mp4`, bytes };
    }),
  );
}

/** Hands the films to the provider of a world. */
export async function uploadFilms(
  { provider, clock, box }: BatcherWorld,
  films: readonly LongFilm[],
): Promise<FilmAsset[]> {
  for (const { name, bytes } of films) {
    const source = { stream: Readable.from([bytes]) };
    await provider.createAsset({ filename: name, source, userMetadata: {} });
  }
  await clock.advance(10_000);
  return box.assets().flatMap(({ _id, filename, duration }) => {
    const isOurs = films.some(({ name }) => name === filename);
    return isOurs && duration ? [{ assetId: _id, durationSeconds: duration }] : [];
  });
}
