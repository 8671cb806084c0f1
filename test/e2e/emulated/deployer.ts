import type { Emulator } from './emulator.ts';
import { ACCOUNT, type Credentials } from './surroundings.ts';

const USER = 'deployer';
const VERSION = '2010-05-08';

/**
 * A user with all rights, as who sets up a pipeline has. The root user would not do: it may not assume the
 * roles that `cdk bootstrap` makes, here as on AWS, and cdk would go on without them.
 */
export async function createDeployer(emulator: Emulator): Promise<Credentials> {
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
  await askIam(emulator, { Action: 'CreateUser', UserName: USER });
  await askIam(emulator, { Action: 'AttachUserPolicy', UserName: USER, PolicyArn });
  const made = await askIam(emulator, { Action: 'CreateAccessKey', UserName: USER });
  const read = (tag: string) => {
    const [, text] = new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(made) ?? [];
    if (!text) throw new Error(`no ${tag} in the answer to CreateAccessKey`);
    return text;
  };
  return { accessKeyId: read('AccessKeyId'), secretAccessKey: read('SecretAccessKey') };
}

/** As the root user, whose signature the emulator does not look at. */
async function askIam({ endpoint }: Emulator, form: Record<string, string>): Promise<string> {
  const scope = `${ACCOUNT}/20260101/us-east-1/iam/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Version: VERSION, ...form }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${form['Action']}: ${response.status} ${text}`);
  return text;
}
