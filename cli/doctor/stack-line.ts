import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { awsWords } from '../aws-words.ts';
import { type FoundStack, findStack, lackOf } from '../find-stack.ts';
import { offsetBy } from './clocks.ts';
import { patience } from './examine.ts';
import { failed, type Line, ok, warning } from './line.ts';

const NAME = 'stack';

/** What the checks stand on. */
const OUTPUTS = [
  'UploadsBucketName',
  'ArchiveBucketName',
  'TableName',
  'WebhookUrl',
  'TwelveLabsBaseUrl',
  'TwelveLabsApiKeySecretArn',
  'WebhookSecretsSecretArn',
  'UploadsPerMinute',
  'UploadsPerDay',
];

/** A stack that was looked for: the line on it, and what was found. */
export interface LookedUp {
  readonly line: Line;
  readonly client: CloudFormationClient;
  readonly stack: FoundStack | undefined;
  /** This machine's clock less AWS's; undefined when AWS did not tell. */
  readonly awsOffsetSeconds: number | undefined;
}

/** Looks a stack up by its name. */
export async function lookUp(name: string): Promise<LookedUp> {
  const client = new CloudFormationClient(patience);
  let awsOffsetSeconds: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      awsOffsetSeconds = offsetBy(headers?.['date'], Date.now());
      return result;
    },
    // Innermost, so that what is refused tells its time too.
    { step: 'deserialize', priority: 'low' },
  );
  try {
    const stack = await findStack(name, client);
    return { line: judgeStack(stack), client, stack, awsOffsetSeconds };
  } catch (error) {
    return { line: failed(NAME, awsWords(error)), client, stack: undefined, awsOffsetSeconds };
  }
}

/** The line on the stack. */
export function judgeStack(stack: FoundStack): Line {
  const { name, region, status, outputs } = stack;
  const where = `${name} in ${region}, ${status}`;
  const missing = OUTPUTS.filter((output) => !outputs[output]);
  if (missing.length > 0) return failed(NAME, `${where}, ${lackOf(missing, stack)}`);
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok(NAME, where);
  if (/^UPDATE_ROLLBACK_COMPLETE$/.test(status)) {
    return warning(NAME, `${where}: its last deployment failed, and the one before is live`);
  }
  if (/_IN_PROGRESS$/.test(status)) return warning(NAME, `${where}: ask again when that is over`);
  return failed(NAME, `${where}: see its events in the console of CloudFormation`);
}
