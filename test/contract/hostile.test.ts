import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { API_KEY, startBox, uploadForm } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

describe('hostile input', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['PUT', '/assets', 404],
    ['POST', '/assets/multipart-uploads', 404],
    ['GET', '/assets/multipart-uploads', 400],
    ['GET', '/analyze/batches/xyz', 404],
    ['GET', `/analyze/batches/${'a'.repeat(500)}`, 404],
    ['GET', '/analyze/tasks/__proto__', 404],
    ['GET', '/assets?asset_ids=__proto__', 400],
    ['GET', '/assets/%E0%A4%A', 400],
    ['PATCH', '/analyze/batches', 404],
  ])('answers %s %s with %i and a code', async (method, path, status) => {
    const { call } = await startBox();
    const { status: got, body } = await call(method, path);
    expect(got).toBe(status);
    expect(path.startsWith('/analyze/') ? body.error : body).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
    });
  });

  it.each([
    ['a form that ends in the middle', 'multipart/form-data; boundary=x', '--x\r\nContent-Dispo'],
    ['a form without a boundary', 'multipart/form-data', 'x'],
    ['JSON for a form', 'application/json', '{"method":"url"}'],
    ['no type at all', 'application/octet-stream', 'x'],
    ['two files', 'multipart/form-data; boundary=x', twoFiles()],
  ])('refuses an upload of %s', async (_, contentType, body) => {
    const { box } = await startBox();
    const response = await fetch(`${box.baseUrl}/assets`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': contentType },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: expect.stringMatching(/^parameter_/) });
    expect(tempFiles()).toEqual([]);
  });

  it.each([
    'null',
    '0',
    '"x"',
    '{"__proto__":{"requests":[]}}',
    '[[[[',
    '{"requests":{"length":1}}',
  ])('refuses a batch of %s', async (text) => {
    const { call } = await startBox();
    const { status, body } = await call('POST', '/analyze/batches', text);
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: { code: expect.stringMatching(/^parameter_/) } },
    });
  });

  it('refuses a body of 65 MiB', async () => {
    const { call } = await startBox();
    const { status } = await call('POST', '/analyze/batches', `"${'x'.repeat(65 * 1024 ** 2)}"`);
    expect(status).toBe(413);
  });

  it('forgets an upload whose client went away', async () => {
    const { box, call } = await startBox();
    const { port } = new URL(box.baseUrl);
    const head =
      `POST /v1.3/assets HTTP/1.1\r\nhost: x\r\nx-api-key: ${API_KEY}\r\n` +
      'content-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n' +
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nsome bytes';
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(head);
    await waitFor(() => tempFiles().length > 0, { describe: tempFiles });
    socket.destroy();
    await waitFor(() => tempFiles().length === 0, { describe: tempFiles });
    expect((await call('GET', '/assets')).body.data).toEqual([]);
  });

  it('leaves nothing behind when it closes', async () => {
    const { box, clock, call } = await startBox();
    await call('POST', '/assets', uploadForm({ method: 'url', url: `${box.baseUrl}/assets` }));
    await box.close();
    expect(clock.untilNextTimerMs()).toBeUndefined();
    expect(folders()).toEqual([]);
    await expect(fetch(box.baseUrl)).rejects.toThrow();
  });

  it('listens on loopback only, and says so when its port is taken', async () => {
    const { box } = await startBox();
    const { hostname, port } = new URL(box.baseUrl);
    expect(hostname).toBe('127.0.0.1');
    await expect(startBox({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

/** The box's folders; test files run in processes of their own, so only of this one's start. */
function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`twelvelabs-box-${process.pid}-`));
}

function tempFiles(): string[] {
  return folders().flatMap((name) => readdirSync(`${tmpdir()}/${name}`));
}

function twoFiles(): string {
  const file = (name: string) =>
    `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\nbytes\r\n`;
  return `${file('a.mp4')}${file('b.mp4')}--x--\r\n`;
}
