import * as z from 'zod';
import { indexes } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import type { Check } from './examined.ts';
import { isGenerated } from './generated-secret.ts';
import { failed, type Line, ok, warning } from './line.ts';

const NAME = 'webhook at TwelveLabs';
const BATCHES = 10;

/** What the newest closed batches say of their webhooks, and what the secret looks like. */
export interface RegistrationFacts {
  readonly url: string;
  readonly secretArn: string;
  /** The secret looks like what the deployment put there. */
  readonly isGenerated: boolean;
  /** Newest first; without those that don't say. */
  readonly outcomes: readonly WebhookOutcome[];
}

/** What a batch says of the event that told of its end. */
export interface WebhookOutcome {
  readonly outcome: string;
  readonly lastError?: string | undefined;
}

const closedBatch = z.object({
  endedAt: z.string().catch(''),
  webhook: z
    .object({ outcome: z.string(), lastError: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Whether TwelveLabs knows the URL: no API tells, but batches of late may. */
export const checkRegistration: Check = {
  name: NAME,
  run: async ({ output, table, webhookSecret }) => [
    judgeRegistration({
      url: output('WebhookUrl'),
      secretArn: output('WebhookSecretsSecretArn'),
      isGenerated: isGenerated(await webhookSecret()),
      outcomes: await readOutcomes(table()),
    }),
  ],
};

/** The line on the dashboard. */
export function judgeRegistration(facts: RegistrationFacts): Line {
  const { url, secretArn, isGenerated, outcomes } = facts;
  const doIt = `register ${url} in its dashboard, and enter the secret that it reveals in npm run setup (which puts it into ${secretArn})`;
  const [newest] = outcomes;
  const came = outcomes.filter(({ outcome }) => ['received', 'late'].includes(outcome)).length;
  const evidence = `${came} of the last ${outcomes.length} that tell were received`;
  if (newest && came === outcomes.length) return ok(NAME, `registered: ${evidence}`);
  if (isGenerated) {
    return failed(
      NAME,
      `the secret is still the random one of the deployment, so events of TwelveLabs are refused; ${doIt}. Until then results come by minutes later`,
    );
  }
  if (!newest) {
    return warning(
      NAME,
      `not known yet: TwelveLabs has no API that tells, and no batch has; if it is not done, ${doIt}`,
    );
  }
  const words = newest.lastError === undefined ? '' : `, "${newest.lastError}"`;
  const line = came === 0 ? failed : warning;
  return line(
    NAME,
    `${evidence}; of the newest: ${outcomeWords(newest.outcome)}${words}. ${
      newest.outcome === 'lost_by_us'
        ? 'See the lines above and the dead letters of ChangedBatches'
        : `If that lasts, ${doIt}`
    }`,
  );
}

function outcomeWords(outcome: string): string {
  const words: Readonly<Record<string, string>> = {
    not_received: 'TwelveLabs sent it in vain',
    never_sent: 'TwelveLabs sent none',
    lost_by_us: 'it came, and was lost on the way in',
  };
  return words[outcome] ?? outcome;
}

async function readOutcomes(table: Table): Promise<WebhookOutcome[]> {
  const keys = await table.query(
    {
      IndexName: indexes.state,
      KeyConditionExpression: '#state = :closed',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':closed': 'closed' },
      ScanIndexForward: false,
    },
    BATCHES,
  );
  const rows = await table.getMany(keys.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
  return (
    rows
      // A batch of nothing is a doctor's.
      .filter(({ itemCount }) => itemCount !== 0)
      .flatMap((row) => closedBatch.safeParse(row).data ?? [])
      .toSorted((a, b) => b.endedAt.localeCompare(a.endedAt))
      .flatMap(({ webhook }) => webhook ?? [])
  );
}
