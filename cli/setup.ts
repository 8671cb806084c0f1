/** `npm run setup`: puts the API key and the webhook's signing secret into the secrets of a stack. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createTwelveLabs } from '../shared/twelvelabs/client.ts';
import { type AskedOf, DEFAULT_STACK, exitCodeOf, stackOption, UsageError } from './command.ts';
import { answerTo } from './doctor/api-key.ts';
import { patience } from './doctor/examine.ts';
import { type FoundStack, findStack, outputOf } from './find-stack.ts';
import {
  keyIntroduction,
  nextSteps,
  retireCommand,
  webhookIntroduction,
} from './setup/introduction.ts';
import { judgeKey, type KeyVerdict } from './setup/judge-key.ts';
import { openSecretPrompt, type SecretPrompt } from './setup/secret-prompt.ts';
import { setApiKey } from './setup/set-api-key.ts';
import { retirePreviousSecret, setWebhookSecret } from './setup/set-webhook-secret.ts';
import { type StoredSecret, storedSecret } from './setup/stored-secret.ts';

const usage = `npm run setup -- [--stack NAME] [--unchecked | --retire-previous]

${stackOption}
  --unchecked        store the API key without trying it at TwelveLabs
  --retire-previous  ask nothing: drop the signing secret that was in use before the current one

Asks for the TwelveLabs API key and the signing secret of the webhook, and stores them in the two
secrets of the stack. An empty answer keeps what is stored. Without a terminal two lines are read:
  printf '%s\\n' "$API_KEY" "$SIGNING_SECRET" | npm run -s setup
Neither is taken as an argument, or from the environment. The exit code is 0 when the stack has a key
that TwelveLabs takes, or that nobody has tried, and 1 when it has none or what was given is refused.`;

const misuse =
  'an unknown argument; secrets are never given as arguments, which stay in the history of the shell and can be seen by others on the machine: it asks for them. One that was given so should be replaced at TwelveLabs';

const options = {
  unchecked: { type: 'boolean' },
  'retire-previous': { type: 'boolean' },
} as const;

const unasked: KeyVerdict = { kind: 'accepted', words: 'not tried at TwelveLabs' };
const INTERRUPTED = 130;

process.exitCode = await exitCodeOf({ name: 'setup', usage, options, misuse }, main);

/** @returns the exit code */
async function main(asked: AskedOf<typeof options>): Promise<number> {
  if (asked.unchecked && asked['retire-previous']) {
    throw new UsageError('--unchecked does not go with --retire-previous');
  }
  const writes = { begun: new Set<string>(), done: new Set<string>() };
  const prompt = openSecretPrompt({
    input: process.stdin,
    output: process.stdout,
    onInterrupt: interrupted,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, interrupted);
  try {
    const stack = await lookUp(asked.stack ?? DEFAULT_STACK);
    return await setUp(stack, asked, { prompt, writes });
  } finally {
    prompt.close();
  }

  function interrupted(): never {
    prompt.close();
    console.error(`\nsetup: interrupted; ${storedText(writes)}`);
    // Calls that are still under way must not keep us.
    process.exit(INTERRUPTED);
  }
}

/** What has been stored by now, or may have been. */
interface Writes {
  readonly begun: Set<string>;
  readonly done: Set<string>;
}

interface Session {
  readonly prompt: SecretPrompt;
  readonly writes: Writes;
}

async function setUp(
  stack: FoundStack,
  { unchecked = false, 'retire-previous': isRetirement = false }: AskedOf<typeof options>,
  { prompt, writes }: Session,
): Promise<number> {
  const secrets = new SecretsManagerClient(patience);
  const open = (output: string, what: string) =>
    noting(storedSecret(outputOf(stack, output), secrets), what, writes);
  const keySecret = open('TwelveLabsApiKeySecretArn', 'the API key');
  const webhookSecret = open('WebhookSecretsSecretArn', 'the signing secret');
  const say = (text: string) => console.log(text);
  if (isRetirement) {
    await retirePreviousSecret({ stored: webhookSecret, say });
    return 0;
  }
  const baseUrl = outputOf(stack, 'TwelveLabsBaseUrl');
  say(`The stack ${stack.name} in ${stack.region}.\n\n${keyIntroduction(baseUrl)}`);
  const tryKey = (key: string) =>
    unchecked ? Promise.resolve(unasked) : askProvider(baseUrl, key);
  const key = await setApiKey({ prompt, stored: keySecret, tryKey, say });
  if (key.kind === 'refused') return 1;
  say(`\n${webhookIntroduction(baseUrl, outputOf(stack, 'WebhookUrl'))}`);
  const apiKey = key.kind === 'set' ? key.key : undefined;
  const outcome = await setWebhookSecret({
    prompt,
    stored: webhookSecret,
    apiKey,
    retireCommand: retireCommand(stack.name),
    say,
  });
  if (key.kind === 'missing' || outcome === 'refused') return 1;
  say(`\n${nextSteps({ stack: stack.name, bucket: outputOf(stack, 'UploadsBucketName') })}`);
  return 0;
}

async function askProvider(baseUrl: string, key: string): Promise<KeyVerdict> {
  return judgeKey(await answerTo(createTwelveLabs({ baseUrl, apiKey: async () => key })), baseUrl);
}

function noting(secret: StoredSecret, what: string, { begun, done }: Writes): StoredSecret {
  return {
    read: () => secret.read(),
    async write(text) {
      begun.add(what);
      await secret.write(text);
      done.add(what);
    },
  };
}

function storedText({ begun, done }: Writes): string {
  const doubtful = [...begun].filter((what) => !done.has(what));
  const sure = `${[...done].join(' and ') || 'nothing'} was stored`;
  return doubtful.length > 0 ? `${sure}, and ${doubtful} may have been: run it again` : sure;
}

async function lookUp(name: string): Promise<FoundStack> {
  const client = new CloudFormationClient(patience);
  try {
    return await findStack(name, client);
  } finally {
    client.destroy();
  }
}
