import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../ledger.ts';
import type { Controlled } from './controlled.ts';
import { countBy } from './count-by.ts';

/** Serves /ledger and /requests: what the box took, what it would bill, and what it was asked. */
export function serveBooks(app: FastifyInstance, { state, ledger }: Controlled): void {
  app.get('/ledger', () => ({
    totals: totalsOf(ledger),
    paidTwice: ledger.paidTwice(),
    items: ledger.items(),
    assets: ledger.assets(),
  }));

  app.get('/requests', () => ({
    total: state.requests.length,
    counts: countBy(state.requests),
    operations: state.requests,
  }));
}

function totalsOf(ledger: Ledger): object {
  const billed = ledger.billedItems();
  return {
    assets: ledger.assets().length,
    items: ledger.items().length,
    billedItems: billed.length,
    billedSeconds: billed.reduce((sum, each) => sum + each.billedSeconds, 0),
    billedUsd: ledger.billedUsd(),
  };
}
