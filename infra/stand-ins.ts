import { fileURLToPath } from 'node:url';

/**
 * Parts of the AWS SDK that no function needs, and the files that are bundled in their place
 * (docs/decisions/0017-what-goes-into-a-bundle.md).
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': standIn('environment-credentials.ts'),
  '@smithy/core/event-streams': standIn('no-event-streams.ts'),
};

function standIn(file: string): string {
  return fileURLToPath(new URL(`../shared/stand-ins/${file}`, import.meta.url));
}
