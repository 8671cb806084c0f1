import { readFileSync } from 'node:fs';
import { TwelvelabsApiClient } from 'twelvelabs-js';
import { expect, it } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { startTwelveLabsBox } from '../../local/twelvelabs/box.ts';
import { startBox } from '../support/box-fixture.ts';

const folder = new URL('../../local/twelvelabs/', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

it('the example of a test runs as it is written', async () => {
  const [url, secret] = ['http://127.0.0.1:9/webhooks', 'whsec_example'];
  // The example begins here.
  const clock = Clock.stoppedAt(new Date('2026-10-01T00:00:00Z'));
  const box = await startTwelveLabsBox({ clock, apiKey: 'tlk_box', webhooks: [{ url, secret }] });
  const sdk = new TwelvelabsApiClient({ apiKey: 'tlk_box', baseUrl: box.baseUrl });
  box.faults.set({ kind: 'fail-item', code: 'asset_unavailable', probability: 0.1, seed: 'a' });
  await clock.advance(24 * 3_600_000);
  expect(box.ledger.paidTwice()).toEqual([]);
  // The example ends here.
  expect((await sdk.assets.list()).data).toEqual([]);
  await box.close();
  const source = readFileSync(new URL(import.meta.url), 'utf8');
  const example = /begins here\.\n(.*) {2}\/\/ The example ends/s.exec(source)?.[1] ?? '-';
  expect(readme).toContain(`\`\`\`ts\n${example.replaceAll(/^ {2}/gm, '')}\`\`\``);
});

it('the lines of curl are taken by the control endpoint', async () => {
  const { box } = await startBox();
  const lines = readme.match(/^curl .*$/gm) ?? [];
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const { method, body, path } =
      /^curl -H 'x-api-key: tlk_box' (?:-X (?<method>\w+) )?-d '(?<body>.+)' http:\/\/127\.0\.0\.1:8912(?<path>\S+)$/.exec(
        line,
      )?.groups ?? {};
    const answer = await fetch(new URL(path ?? '', box.baseUrl), {
      method: method ?? 'POST',
      headers: { 'x-api-key': 'tlk_box' },
      body: body ?? '',
    });
    expect(answer.ok, line).toBe(true);
  }
  expect(box.faults.list()).toMatchObject([{ fault: { kind: 'lose-reply', times: 1 } }]);
  expect(box.settings().switches.expiry).toBe('fail-processing');
});
