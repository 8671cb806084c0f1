import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.ts';
import { lambda, role } from './assembly.ts';
import { listChildren } from './child-processes.ts';
import { idleStack } from './idle-stack.ts';
import { startTestCloud } from './test-cloud.ts';

it('leaves no process behind, however often it is stopped', async () => {
  await using running = await startTestCloud(idleStack);
  await Promise.all([running.cloud.invoke('Idle', {}), running.cloud.invoke('Idle', {})]);
  expect(await listChildren()).toHaveLength(3);

  await Promise.all([running.cloud.stop(), running.cloud.stop()]);
  await running.cloud.stop();

  expect(await listChildren()).toEqual([]);
  await expect(fetch(running.cloud.endpoints.s3)).rejects.toThrow();
  await expect(fetch(running.cloud.endpoints.httpApi)).rejects.toThrow();
  expect(running.clock.untilNextTimerMs()).toBeUndefined();
});

it('ends functions that are busy when it is stopped', async () => {
  const busy = { text: 'export const handler = () => { console.log("on"); for (;;); };' };
  await using running = await startTestCloud({
    handlers: { busy },
    resources: { Role: role, Busy: lambda('busy', { Timeout: 60 }) },
  });
  const outcome = running.cloud.invoke('Busy', {});
  await waitFor(() => running.log.some(({ text }) => text === 'on'));

  await running.cloud.stop();

  expect(await outcome).toMatchObject({ ok: false });
  expect(await listChildren()).toEqual([]);
});

it.each(['s3AndSqs', 'dynamodb', 'secretsManager', 'cloudFormation', 'httpApi'])(
  'says which port is taken, and stops what it had started: %s',
  async (name) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    await expect(startTestCloud(idleStack, { ports: { [name]: port } })).rejects.toThrow(
      `port ${port} for ${name} is already taken`,
    );

    expect(await listChildren()).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  },
);
