import { describe, expect, it } from 'vitest';
import {
  type CommandLine,
  parseCommandLine,
  usage,
} from '../../../../local/twelvelabs/command-line.ts';
import { introduction } from '../../../../local/twelvelabs/introduction.ts';
import { UserError } from '../../../../local/user-error.ts';

const defaults: CommandLine = {
  help: false,
  port: 8912,
  apiKey: 'tlk_box',
  webhookUrls: [],
  webhookSecret: 'whsec_box',
  plan: 'tier1',
};

describe('the command line of the box', () => {
  it.each([
    [[], {}],
    [['--port', '0'], { port: 0 }],
    [['--port=65535'], { port: 65_535 }],
    [['--api-key', 'tlk_A-1.~+/='], { apiKey: 'tlk_A-1.~+/=' }],
    [
      ['--webhook-url', 'http://a/', '--webhook-url=https://b/c?d'],
      { webhookUrls: ['http://a/', 'https://b/c?d'] },
    ],
    [['--webhook-secret', 'whsec_x'], { webhookSecret: 'whsec_x' }],
    [['--plan', 'free'], { plan: 'free' }],
    [['--plan', 'tier3'], { plan: 'tier3' }],
    [['--help'], { help: true }],
    [['-h'], { help: true }],
  ])('%j is read as %j', (args, expected) => {
    expect(parseCommandLine(args)).toStrictEqual({ ...defaults, ...expected });
  });

  it.each([
    [['--port', '65536'], '--port takes a number from 0 to 65535, not 65536'],
    [['--port', '1e3'], '--port takes a number from 0 to 65535, not 1e3'],
    [['--port', '80.5'], '--port takes a number from 0 to 65535, not 80.5'],
    [['--port='], '--port takes a number from 0 to 65535, not '],
    [['--port=-1'], '--port takes a number from 0 to 65535, not -1'],
    [['--plan', 'gold'], '--plan takes free, tier1, tier2, tier3, not gold'],
    [['--plan', 'toString'], '--plan takes free, tier1, tier2, tier3, not toString'],
    [['--webhook-url', 'ftp://a/'], '--webhook-url takes an http or https URL, not ftp://a/'],
    [['--webhook-url', 'nowhere'], '--webhook-url takes an http or https URL, not nowhere'],
    [['--api-key', "a'b"], "--api-key takes letters, digits and _ . ~ + / = -, not a'b"],
    [['--api-key='], '--api-key takes letters, digits and _ . ~ + / = -, not '],
    [
      ['--webhook-secret', 'a b'],
      '--webhook-secret takes letters, digits and _ . ~ + / = -, not a b',
    ],
  ])('%j is refused with what the option takes', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(new UserError(message));
  });

  it.each([
    [['--prot']],
    [['--port']],
    [['--port', '--help']],
    [['--help=1']],
    [['clip.mp4']],
    [['-x']],
  ])('%j is refused in one line that leads to the help', (args) => {
    expect(() => parseCommandLine(args)).toThrow(UserError);
    expect(() => parseCommandLine(args)).toThrow(/^[^\n]+; --help names what there is$/);
  });

  it('takes no option that the usage does not tell of', () => {
    for (const option of ['--port', '--api-key', '--webhook-url', '--webhook-secret', '--plan']) {
      expect(usage).toContain(option);
    }
  });
});

it('introduces itself without a line too long for a narrow terminal, but for those to be pasted', () => {
  const lines = introduction('http://127.0.0.1:8912/v1.3', defaults).split('\n');
  const prose = lines.filter((line) => !/^(curl|export) /.test(line));
  expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(100);
});
