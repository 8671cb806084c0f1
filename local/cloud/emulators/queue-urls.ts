import type { FastifyInstance } from 'fastify';

const NAMING_ACTION = /\.(CreateQueue|GetQueueUrl|ListQueues)$/;
const UNREACHABLE = /http:\/\/sqs\.[a-z0-9-]+\.localhost:(\d+)/g;

/** The URLs of queues that fauxqs tells have a host that not every machine can resolve: by number. */
export function giveReachableQueueUrls(app: FastifyInstance): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    const isNaming = NAMING_ACTION.test(String(request.headers['x-amz-target']));
    if (!isNaming || typeof payload !== 'string') return payload;
    return payload.replace(UNREACHABLE, 'http://127.0.0.1:$1');
  });
}
