import type { Node } from 'constructs';
import * as z from 'zod';
import { describeIssues } from '../shared/decode.ts';

/**
 * Deploy-time settings, from CDK context (`-c name=value` or cdk.json). A new user sets none.
 */
const config = z.object({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be a CloudFormation stack name')
    .default('Reelbatch'),
  /** The API's base URL, with its version. */
  twelveLabsBaseUrl: z.url().default('https://api.twelvelabs.io/v1.3'),
  /** How the provider gets a file: it fetches a presigned URL, or is sent the bytes (up to 200 MB). */
  uploadRoute: z.enum(['url', 'direct']).default('url'),
  /** POST /assets allowed a minute; 60 on the plan's first tier (TwelveLabs: Rate limits). */
  uploadsPerMinute: z.coerce.number().positive().max(300).default(60),
});

export type Config = z.infer<typeof config>;

/** The settings of this synthesis. @throws with the name of the setting and the rule it breaks */
export function readConfig(node: Node): Config {
  const given = Object.keys(config.shape).map((name) => [name, node.tryGetContext(name)]);
  const result = config.safeParse(Object.fromEntries(given));
  if (!result.success) throw new Error(`context: ${describeIssues(result.error)}`);
  return result.data;
}
