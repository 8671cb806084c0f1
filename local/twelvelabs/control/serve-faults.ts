import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { boxFault, faultKinds } from '../faults/fault.ts';
import { noSuchResource } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { Controlled } from './controlled.ts';

/** Read first, so that a wrong kind is answered with the right ones. */
const kinded = z.looseObject({ kind: z.enum(Object.values(faultKinds).flat()) });

/** Serves /faults: what goes wrong, and how often it has. */
export function serveFaults(app: FastifyInstance, { state }: Controlled): void {
  const { faults } = state;

  app.get('/faults', () => ({ faults: faults.list() }));

  app.post('/faults', async (request, reply) => {
    const fault = readParameters(boxFault, readParameters(kinded, request.body));
    const faultId = faults.set(fault);
    return reply.code(201).send(faults.list().find((each) => each.faultId === faultId));
  });

  app.delete('/faults', async (_, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  app.delete<{ Params: { faultId: string } }>('/faults/:faultId', async (request, reply) => {
    const { faultId } = request.params;
    if (!faults.end(faultId)) throw noSuchResource('fault', faultId);
    return reply.code(204).send();
  });
}
