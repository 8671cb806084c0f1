import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TwelveLabs } from 'twelvelabs-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { usage } from '../../local/twelvelabs/command-line.ts';
import { samples, serve, startBox, uploadForm } from '../support/box-fixture.ts';
import { type RunningBox, spawnBox, startBoxProcess } from '../support/box-process.ts';
import { runCurl } from '../support/curl-lines.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DAY_MS = 24 * 3_600_000;

describe('the box alone', () => {
  it('says what it is, where it is, and how to stop it', async () => {
    const { stdout, stderr, baseUrl } = await startBoxProcess();
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\.3$/);
    for (const part of [
      'simulated',
      'nothing is paid',
      'API key         tlk_box (made up, no secret)',
      'Webhook secret  whsec_box',
      `\nexport TWELVELABS_BASE_URL=${baseUrl}\n`,
      '\nexport TWELVE_LABS_API_KEY=tlk_box\n',
      'Ctrl-C stops it.',
    ]) {
      expect(stdout()).toContain(part);
    }
    expect(stderr()).toBe('');
  });

  it('prints curl lines that upload a clip, list it, and let a day pass', async () => {
    const box = await startBoxProcess();
    const lines = box.stdout().match(/^curl .*$/gm) ?? [];
    expect(lines).toHaveLength(5);
    const [upload = '', list = '', day = '', overview = '', webhook = ''] = lines;
    expect(await runCurl(upload)).toMatchObject({ filename: 'interview.webm' });
    expect(await runCurl(list)).toMatchObject({ data: [{ status: 'processing' }] });
    const { now } = await runCurl(day);
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(DAY_MS - 60_000);
    expect(await runCurl(list)).toMatchObject({ data: [{ status: 'ready', duration: 7.007 }] });
    expect(await runCurl(overview)).toMatchObject({ simulated: true, assets: { ready: 1 } });
    const url = 'http://127.0.0.1:1/webhooks';
    expect(await runCurl(webhook.replace('URL', url))).toEqual({ url });
  });

  it('serves the official SDK, which its lines for the environment point to it', async () => {
    const { stdout } = await startBoxProcess('--api-key', 'tlk_mine');
    for (const [, name = '', value] of stdout().matchAll(/^export (\w+)=(\S+)$/gm)) {
      vi.stubEnv(name, value);
    }
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const sdk = new TwelveLabs({});
    const file = createReadStream(samples.mp4);
    expect(await sdk.assets.create({ method: 'direct', file })).toMatchObject({
      filename: 'goals.mp4',
      status: 'processing',
    });
  });

  it('does as its options say', async () => {
    const urls = ['http://127.0.0.1:1/one', 'https://example.com/two'];
    const box = await startBoxProcess(
      ...['--api-key', 'tlk_mine', '--webhook-secret', 'whsec_mine', '--plan', 'tier3'],
      ...urls.flatMap((url) => ['--webhook-url', url]),
    );
    expect(box.stdout()).toContain('API key         tlk_mine');
    expect(box.stdout()).toContain('Webhook secret  whsec_mine');
    expect(box.stdout()).toContain(`Webhooks go to  ${urls.join(' ')}`);
    const ask = async (path: string) => {
      const headers = { 'x-api-key': 'tlk_mine' };
      return (await fetch(new URL(path, box.baseUrl), { headers })).json();
    };
    expect(await ask('/control')).toMatchObject({ webhooks: urls, clock: 'running' });
    expect(await ask('/control/settings')).toMatchObject({ limits: { uploadsPerMinute: 240 } });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('stops at %s', async (signal) => {
    const box = await startBoxProcess();
    expect(box.tempFiles()).toHaveLength(1);
    box.kill(signal);
    expect(await box.exited).toEqual({ code: 0, signal: null });
    expect(box.tempFiles()).toEqual([]);
    expect(box.stderr()).toBe('');
  });

  it('leaves nothing, even if it is stopped in the middle of everything', async () => {
    let fetches = 0;
    const url = await serve((_, response) => {
      fetches += 1;
      response.write('some bytes');
    });
    const box = await startBoxProcess('--webhook-url', url);
    const headers = { 'x-api-key': 'tlk_box' };
    const body = uploadForm({ method: 'url', url: `${url}/clip.mp4` });
    await fetch(`${box.baseUrl}/assets`, { method: 'POST', headers, body });
    await fetch(`${box.baseUrl}/assets/multipart-uploads`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"filename":"a.mp4","type":"video","total_size":100}',
    });
    const day = fetch(new URL('/control/clock', box.baseUrl), {
      method: 'POST',
      headers,
      body: '{"advance":"24h"}',
    });
    const upload = uploadHalf(box);
    await waitFor(() => fetches === 1 && box.tempFiles().length === 3);
    box.kill('SIGINT');
    expect(await box.exited).toEqual({ code: 0, signal: null });
    expect(box.tempFiles()).toEqual([]);
    expect(box.stderr()).toBe('');
    await Promise.allSettled([day]);
    await upload;
  });

  it('says that its port is taken', async () => {
    const { box: other } = await startBox();
    const { port } = new URL(other.baseUrl);
    const box = spawnBox(['--port', port]);
    expect(await box.exited).toEqual({ code: 1, signal: null });
    expect(box.stderr()).toBe(
      `twelvelabs-box: port ${port} is taken; --port N chooses another, --port 0 any free one\n`,
    );
    expect(box.stdout()).toBe('');
    expect(box.tempFiles()).toEqual([]);
  });

  it('says why it can not start', async () => {
    const box = spawnBox(['--port', '0'], { TMPDIR: `${ROOT}no-such-folder` });
    expect(await box.exited).toEqual({ code: 1, signal: null });
    expect(box.stderr()).toMatch(/^twelvelabs-box: it can't start: ENOENT[^\n]*\n$/);
  });

  it('refuses an option that there is not, in one line', async () => {
    const box = spawnBox(['--prot', '0']);
    expect(await box.exited).toEqual({ code: 2, signal: null });
    expect(box.stderr()).toMatch(/^twelvelabs-box: Unknown option '--prot'[^\n]*\n$/);
    expect(box.stdout()).toBe('');
  });

  it('explains itself as `npm run twelvelabs-box -- --help`', async () => {
    const args = ['run', '-s', 'twelvelabs-box', '--', '--help'];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT });
    expect(stdout).toBe(`${usage}\n`);
  });
});

/** Sends the beginning of an upload; resolves when its connection has ended. */
async function uploadHalf({ baseUrl }: RunningBox): Promise<void> {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  socket.write(
    'POST /v1.3/assets HTTP/1.1\r\nhost: x\r\nx-api-key: tlk_box\r\n' +
      'content-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n' +
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nsome bytes',
  );
  await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
}
