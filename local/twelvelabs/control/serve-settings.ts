import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { type BoxChanges, withChanges } from '../change-settings.ts';
import { readParameters } from '../http/read-parameters.ts';
import { boxSettings } from '../settings.ts';
import type { Controlled } from './controlled.ts';

/** Not a record, which would drop a key such as `__proto__` without a word. */
const group = z
  .custom<object>((value) => z.looseObject({}).safeParse(value).success, 'It is an object')
  .optional();
const changes = z.strictObject({ timing: group, limits: group, switches: group });

/** Serves /settings: what is chosen about the box, and other choices from now on, all or none. */
export function serveSettings(app: FastifyInstance, { state }: Controlled): void {
  app.get('/settings', () => state.settings);

  app.patch('/settings', (request) => {
    // Whether the values are right is what `boxSettings` says, below.
    const wanted = readParameters(changes, request.body) as BoxChanges;
    state.settings = readParameters(boxSettings, withChanges(state.settings, wanted));
    return state.settings;
  });
}
