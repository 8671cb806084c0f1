import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { boxFiles, boxFolders } from '../support/box-files.ts';
import { API_KEY, serve, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

describe('a box that closes', () => {
  it('in the middle of an upload leaves nothing behind', async () => {
    const { box } = await startBox();
    const { port } = new URL(box.baseUrl);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1.3/assets HTTP/1.1\r\nhost: x\r\nx-api-key: ${API_KEY}\r\n` +
        'content-type: multipart/form-data; boundary=x\r\ncontent-length: 1000000\r\n\r\n' +
        '--x\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nsome bytes',
    );
    await waitFor(() => boxFiles().length > 0, { describe: boxFiles });
    await box.close();
    expect(boxFolders()).toEqual([]);
    socket.destroy();
  });

  it('while files are fetched leaves nothing behind', async () => {
    const { box, sdk, clock } = await startBox();
    let begun = 0;
    const url = await serve((_, response) => {
      begun += 1;
      response.writeHead(200).write('the beginning');
    });
    for (let count = 0; count < 12; count += 1) await sdk.assets.create({ method: 'url', url });
    await waitFor(() => begun >= 8, { describe: () => begun });
    await box.close();
    expect(boxFolders()).toEqual([]);
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });
});
