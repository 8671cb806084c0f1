import { describe, expect, it } from 'vitest';
import { parseCommandLine, usage } from '../../../local/command-line.ts';
import { UserError } from '../../../local/user-error.ts';

describe('the command line', () => {
  it.each([
    [[], {}],
    [['a.mp4', 'clips'], { paths: ['a.mp4', 'clips'] }],
    [['--serve'], { serve: true }],
    [['--serve', 'a.mp4'], { serve: true, paths: ['a.mp4'] }],
    [['a.mp4', '--serve'], { serve: true, paths: ['a.mp4'] }],
    [['--upload-route', 'url'], { uploadRoute: 'url' }],
    [['--upload-route=direct'], { uploadRoute: 'direct' }],
    [['--webhook-port', '1'], { webhookPort: 1 }],
    [['--webhook-port=65535'], { webhookPort: 65_535 }],
    [['--', '--serve', '-x.mp4'], { paths: ['--serve', '-x.mp4'] }],
    [['--help'], { help: true }],
    [['-h'], { help: true }],
  ])('%j is read as %j', (args, expected) => {
    const nothing = { help: false, paths: [], serve: false };
    expect(parseCommandLine(args)).toStrictEqual({ ...nothing, ...expected });
  });

  it.each([
    [['--upload-route', 'ftp'], '--upload-route takes url or direct, not ftp'],
    [['--upload-route='], '--upload-route takes url or direct, not '],
    [['--webhook-port', '0'], '--webhook-port takes a number from 1 to 65535, not 0'],
    [['--webhook-port', '65536'], '--webhook-port takes a number from 1 to 65535, not 65536'],
    [['--webhook-port', '80.5'], '--webhook-port takes a number from 1 to 65535, not 80.5'],
    [['--webhook-port', '1e3'], '--webhook-port takes a number from 1 to 65535, not 1e3'],
    [['--webhook-port', 'http'], '--webhook-port takes a number from 1 to 65535, not http'],
    [['--webhook-port='], '--webhook-port takes a number from 1 to 65535, not '],
  ])('%j is refused with what the option takes', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(new UserError(message));
  });

  it.each([
    [['--sreve']],
    [['-x']],
    [['--upload-route']],
    [['--serve=yes']],
    [['--webhook-port', '-1']],
  ])('%j is refused with the usage', (args) => {
    expect(() => parseCommandLine(args)).toThrow(UserError);
    expect(() => parseCommandLine(args)).toThrow(usage);
  });

  it('takes no option that the usage does not tell of', () => {
    for (const option of ['--serve', '--upload-route', '--webhook-port']) {
      expect(usage).toContain(option);
    }
  });
});
