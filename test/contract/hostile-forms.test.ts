import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { boxFiles } from '../support/box-files.ts';
import { API_KEY, startBox, uploadForm } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const FORM = 'multipart/form-data; boundary=x';

/** A part of a form, with what its disposition says behind `form-data;`. */
const part = (disposition: string, content = 'x', headers = '') =>
  `--x\r\ncontent-disposition: form-data; ${disposition}\r\n${headers}\r\n${content}\r\n`;

const END = '--x--\r\n';
const DIRECT = part('name="method"', 'direct');
const FILE = part('name="file"; filename="a.mp4"', 'bytes');

describe('an upload', () => {
  it.each([
    ['nothing', FORM, ''],
    ['a form without a part', FORM, END],
    ['a form that ends in the middle', FORM, '--x\r\nContent-Dispo'],
    ['a file that ends in the middle', FORM, `${DIRECT}${FILE.slice(0, -4)}`],
    ['a form without a boundary', 'multipart/form-data', 'x'],
    ['an empty boundary', 'multipart/form-data; boundary=', '--xx'],
    ['a boundary of 5,000 letters', `multipart/form-data; boundary=${'x'.repeat(5_000)}`, '--xx'],
    ['another kind of parts', 'multipart/mixed; boundary=x', `${DIRECT}${FILE}${END}`],
    ['a form of a web page', 'application/x-www-form-urlencoded', 'method=url'],
    ['JSON for a form', 'application/json', '{"method":"url"}'],
    ['a type that is none', ';;;', 'x'],
    ['no type at all', 'application/octet-stream', 'x'],
    ['two files', FORM, `${DIRECT}${FILE}${FILE}${END}`],
    ['a file without a method', FORM, `${FILE}${END}`],
    ['a method without a file', FORM, `${DIRECT}${END}`],
    ['a file as a text', FORM, `${DIRECT}${part('name="file"', 'bytes')}${END}`],
    ['a method as a file', FORM, `${part('name="method"; filename="m"', 'direct')}${FILE}${END}`],
    ['a file in another field', FORM, `${DIRECT}${part('name="clip"; filename="a.mp4"')}${END}`],
    ['parts without names', FORM, `${part('filename="a.mp4"')}${part('')}--x\r\n\r\nx\r\n${END}`],
    ['a field of the prototype', FORM, `${DIRECT}${FILE}${part('name="__proto__"')}${END}`],
    ['an unknown field', FORM, `${DIRECT}${FILE}${part('name="constructor"')}${END}`],
    ['5,000 fields', FORM, `${DIRECT}${FILE}${part('name="a"').repeat(5_000)}${END}`],
    ['a name of 100,000 letters', FORM, `${part(`name="${'a'.repeat(100_000)}"`)}${FILE}${END}`],
    [
      'a filename of 3 MB',
      FORM,
      `${DIRECT}${FILE}${part('name="filename"', 'a'.repeat(3e6))}${END}`,
    ],
    [
      'a field that says JSON and is none',
      FORM,
      part('name="method"', '{', 'content-type: application/json\r\n') + END,
    ],
    [
      'metadata that is no object',
      FORM,
      `${DIRECT}${FILE}${part('name="user_metadata"', '[]')}${END}`,
    ],
  ])('of %s is refused, and leaves nothing behind', async (_, contentType, body) => {
    const { box, call } = await startBox();
    const response = await fetch(`${box.baseUrl}/assets`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': contentType },
      body,
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-api-version')).toBe('v1.3');
    expect(await response.json()).toEqual({
      code: expect.stringMatching(/^parameter_/),
      message: expect.any(String),
    });
    expect(boxFiles()).toEqual([]);
    expect((await call('GET', '/assets')).body.data).toEqual([]);
  });

  it.each([
    ['../../../../etc/passwd', 'passwd'],
    ['C:\\\\videos\\\\goals.mp4', 'goals.mp4'],
    ['', 'untitled'],
    ['__proto__', '__proto__'],
    ['a\u0000b.mp4', 'a\u0000b.mp4'],
  ])('may have a file that is called %j', async (filename, shown) => {
    const { box } = await startBox();
    const response = await fetch(`${box.baseUrl}/assets`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': FORM },
      body: `${DIRECT}${part(`name="file"; filename="${filename}"`)}${END}`,
    });
    expect(response.status).toBe(201);
    expect(box.assets()).toMatchObject([{ filename: shown }]);
  });

  it.each(['http://', 'file:///etc/passwd', 'javascript:x', 'HTTP//x', 'http://[', ' ', 'x'])(
    'of the URL %j is refused',
    async (url) => {
      const { call } = await startBox();
      const { status, body } = await call('POST', '/assets', uploadForm({ method: 'url', url }));
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'parameter_invalid' } });
    },
  );

  it('is forgotten when its client goes away', async () => {
    const { box, call } = await startBox();
    const socket = connect(Number(new URL(box.baseUrl).port), '127.0.0.1');
    socket.write(
      `POST /v1.3/assets HTTP/1.1\r\nhost: x\r\nx-api-key: ${API_KEY}\r\ncontent-type: ${FORM}\r\n` +
        `content-length: 1000000\r\n\r\n${FILE}`,
    );
    await waitFor(() => boxFiles().length > 0, { describe: boxFiles });
    socket.destroy();
    await waitFor(() => boxFiles().length === 0, { describe: boxFiles });
    expect((await call('GET', '/assets')).body.data).toEqual([]);
  });
});
