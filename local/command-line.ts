import { parseArgs } from 'node:util';
import { UserError } from './user-error.ts';

export interface CommandLine {
  readonly help: boolean;
  /** Files and folders to drop in; the samples when empty. */
  readonly paths: readonly string[];
  /** Stay up until Ctrl-C. */
  readonly serve: boolean;
  /** How the provider gets the files; the provider's place decides when it is not said. */
  readonly uploadRoute?: 'url' | 'direct';
  /** The port of the webhook URL, for a tunnel to it; any free one when not said. */
  readonly webhookPort?: number;
}

export const usage = `npm start                        drop the sample videos in, watch them through, see the results
npm start -- FILE|FOLDER …       the same with your own videos
npm start -- --serve [FILE …]    stay up and print the endpoints; Ctrl-C ends it

  --upload-route url|direct      how TwelveLabs gets the files: fetches a URL, or is sent the bytes
  --webhook-port N               a fixed port for the webhook URL, for a tunnel to it

TWELVE_LABS_API_KEY in the environment uses the real API (which costs money); TWELVELABS_BASE_URL,
with its /v1.3, any other server that keeps its contract. Without either, TwelveLabs is simulated.`;

/** Reads the arguments of `npm start`. @throws UserError that names the argument and what it takes */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const { 'upload-route': uploadRoute, 'webhook-port': port } = values;
  if (uploadRoute !== undefined && uploadRoute !== 'url' && uploadRoute !== 'direct') {
    throw new UserError(`--upload-route takes url or direct, not ${uploadRoute}`);
  }
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new UserError(`--webhook-port takes a number from 1 to 65535, not ${port}`);
  }
  return {
    help: values.help ?? false,
    paths: positionals,
    serve: values.serve ?? false,
    ...(uploadRoute && { uploadRoute }),
    ...(port && { webhookPort: Number(port) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        serve: { type: 'boolean' },
        'upload-route': { type: 'string' },
        'webhook-port': { type: 'string' },
      },
    });
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`);
  }
}
