import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { Lane } from '../background.ts';
import { invalidParameter } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { Controlled } from './controlled.ts';
import { leapTime, passTime } from './pass-time.ts';
import { span } from './span.ts';

/** The last moment that every client can read: later years have five digits. */
const END_OF_TIME_MS = Date.UTC(9999, 0, 1);

const move = z
  .strictObject({ advance: span.optional(), leap: span.optional() })
  .refine(
    ({ advance, leap }) => (advance === undefined) !== (leap === undefined),
    'It has either advance or leap, as in {"advance":"24h"}',
  );

/** Serves /clock: what time it is in the box, and time that passes in a moment. */
export function serveClock(app: FastifyInstance, { state, background }: Controlled): void {
  const { clock } = state;
  const reading = () => ({ now: clock.now().toISOString(), clock: clock.reading.kind });
  // Two requests that move time at once would move it by the longer span, not by both.
  const turns = new Lane(1);

  app.get('/clock', () => reading());

  app.post('/clock', async (request) => {
    const { advance, leap = 0 } = readParameters(move, request.body);
    return await turns.run(async () => {
      if (clock.nowMs() + (advance ?? leap) > END_OF_TIME_MS) {
        throw invalidParameter('body', 'The clock goes no further than the year 9998.');
      }
      const settled =
        advance === undefined
          ? await leapTime(leap, clock, background)
          : await passTime(advance, clock, background);
      return { ...reading(), settled };
    });
  });
}
