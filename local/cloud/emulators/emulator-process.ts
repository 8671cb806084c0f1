import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { buildApp } from 'fauxqs';
import type { AccessPlan } from '../access/access-plan.ts';
import { Authorizer } from '../access/authorizer.ts';
import type { GrantUse } from '../access/service-calls.ts';
import { authorizeStorage } from './authorize-storage.ts';
import { CloudFormation, type DescribedStack } from './cloudformation.ts';
import { createDynamoDb } from './dynamodb.ts';
import type { EmulatorPorts } from './emulators.ts';
import { queueDepths } from './queue-depths.ts';
import { giveReachableQueueUrls } from './queue-urls.ts';
import { BucketNotifications } from './s3/bucket-notifications.ts';
import { guardS3 } from './s3/guard-s3.ts';
import type { QueueNotification } from './s3/s3-events.ts';
import { type InitialSecret, SecretsManager } from './secrets-manager.ts';
import { serveRequests } from './serve-requests.ts';

// fauxqs sorts a listing by locale but pages through it by code units, and so loses keys after
// the first page. In this process there is one order.
String.prototype.localeCompare = function localeCompare(this: string, other: string) {
  return this < other ? -1 : this > other ? 1 : 0;
};

const storage = buildApp({ logger: false }) as unknown as FastifyInstance;
const notifications = new BucketNotifications(storage);
const authorizer = new Authorizer((sentence) => process.stderr.write(`${sentence}\n`));
const dynamoDb = createDynamoDb(authorizer);
const secretsManager = new SecretsManager(authorizer);
const cloudFormation = new CloudFormation(authorizer);

authorizeStorage(storage, authorizer);
guardS3(storage, notifications);
giveReachableQueueUrls(storage);
serveRequests({
  listen: async (ports: EmulatorPorts): Promise<EmulatorPorts> => ({
    s3AndSqs: await listenStorage(ports.s3AndSqs),
    dynamodb: await listen(dynamoDb, ports.dynamodb, 'dynamodb'),
    secretsManager: await listen(secretsManager.server, ports.secretsManager, 'secretsManager'),
    cloudFormation: await listen(cloudFormation.server, ports.cloudFormation, 'cloudFormation'),
  }),
  'add-secrets': (secrets: readonly InitialSecret[]) => {
    for (const secret of secrets) secretsManager.add(secret);
  },
  'add-stack': (stack: DescribedStack) => cloudFormation.add(stack),
  'notify-queues': (wish: { bucket: string; notifications: readonly QueueNotification[] }) =>
    notifications.configure(wish.bucket, wish.notifications),
  'set-access': ({ plan, used }: { plan: AccessPlan; used: readonly GrantUse[] }) =>
    authorizer.configure(plan, used),
  'access-record': () => authorizer.record(),
  'queue-depths': () => queueDepths(storage),
});

async function listenStorage(port: number): Promise<number> {
  try {
    await storage.listen({ host: '127.0.0.1', port });
  } catch (error) {
    throw portError(error, port, 's3AndSqs');
  }
  return portOf(storage.server);
}

function listen(server: Server, port: number, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, port, name)));
    server.listen(port, '127.0.0.1', () => resolve(portOf(server)));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no port');
  return address.port;
}

function portError(error: unknown, port: number, name: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error as Error;
  const problem = code === 'EACCES' ? 'is not ours to use' : 'is already taken';
  return new Error(
    `port ${port} for ${name} ${problem}: end what listens there, or choose another port`,
  );
}
