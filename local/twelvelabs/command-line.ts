import { parseArgs } from 'node:util';
import { UserError } from '../user-error.ts';
import { type Plan, plans } from './settings.ts';

const DEFAULT_PORT = 8912;

/** What a box that runs alone is started with. */
export interface CommandLine {
  readonly help: boolean;
  /** 0 for any free one. */
  readonly port: number;
  readonly apiKey: string;
  readonly webhookUrls: readonly string[];
  readonly webhookSecret: string;
  readonly plan: Plan;
}

/** What `--help` prints. */
export const usage = `npm run twelvelabs-box            a stand-in for the TwelveLabs API on this machine; Ctrl-C ends it
npm run twelvelabs-box -- OPTION …

  --port N                        port on 127.0.0.1; 0 for any free one (default ${DEFAULT_PORT})
  --api-key KEY                   what x-api-key has to be, no secret (default tlk_box)
  --webhook-url URL               notified of the ends of batches; may be given again
  --webhook-secret SECRET         what notifications are signed with (default whsec_box)
  --plan free|tier1|tier2|tier3   whose rate limits apply (default tier1)
  --help

Everything else is changed while it runs: see /control in local/twelvelabs/README.md.`;

/** Reads the arguments of `npm run twelvelabs-box`. @throws UserError that names the option and what it takes */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parse(args);
  return {
    help: values.help,
    port: readPort(values.port),
    apiKey: readKey('--api-key', values['api-key']),
    webhookUrls: values['webhook-url'].map(readUrl),
    webhookSecret: readKey('--webhook-secret', values['webhook-secret']),
    plan: readPlan(values.plan),
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        port: { type: 'string', default: String(DEFAULT_PORT) },
        'api-key': { type: 'string', default: 'tlk_box' },
        'webhook-url': { type: 'string', multiple: true, default: [] },
        'webhook-secret': { type: 'string', default: 'whsec_box' },
        plan: { type: 'string', default: 'tier1' },
      },
    });
    return values;
  } catch (error) {
    // What follows the first sentence is advice about positional arguments, of which there are none.
    const [problem] = (error as Error).message.split(/\.\s|\n/);
    throw new UserError(`${problem}; --help names what there is`);
  }
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UserError(`--port takes a number from 0 to 65535, not ${text}`);
}

/** Both go into lines for a shell to read. */
function readKey(option: string, text: string): string {
  if (/^[\w.~+/=-]+$/.test(text)) return text;
  throw new UserError(`${option} takes letters, digits and _ . ~ + / = -, not ${text}`);
}

function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UserError(`--webhook-url takes an http or https URL, not ${text}`);
}

function readPlan(text: string): Plan {
  if (Object.hasOwn(plans, text)) return text as Plan;
  throw new UserError(`--plan takes ${Object.keys(plans).join(', ')}, not ${text}`);
}
