import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

type Item = Record<string, unknown>;
type Send = (command: unknown) => Promise<Item>;

/** A client whose queries find other items than there are. */
export function withAnswers(
  client: DynamoDBDocumentClient,
  change: (items: Item[]) => Item[],
): DynamoDBDocumentClient {
  return sendingBy(client, async (command, send) => {
    const answer = await send(command);
    return { ...answer, Items: change(answer['Items'] as Item[]) };
  });
}

/** A client that is told little at a time: two items a query, and one item of all that it gets. */
export function aMiserOf(client: DynamoDBDocumentClient) {
  const calls = { queries: 0, gets: 0 };
  const miser = sendingBy(client, async (command, send) => {
    if (command instanceof QueryCommand) {
      calls.queries += 1;
      return await send(new QueryCommand({ ...command.input, Limit: 2 }));
    }
    if (!(command instanceof BatchGetCommand)) return await send(command);
    calls.gets += 1;
    const [[table = '', { Keys: keys = [] } = {}] = []] = Object.entries(
      command.input.RequestItems ?? {},
    );
    const [asked, left] = [keys.slice(-1), keys.slice(0, -1)];
    const answer = await send(new BatchGetCommand({ RequestItems: { [table]: { Keys: asked } } }));
    return { ...answer, UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left } } : {} };
  });
  return { client: miser, calls };
}

function sendingBy(
  client: DynamoDBDocumentClient,
  by: (command: unknown, send: Send) => Promise<Item>,
): DynamoDBDocumentClient {
  const send = client.send.bind(client) as unknown as Send;
  return new Proxy(client, {
    get: (target, name) =>
      name === 'send' ? (command: unknown) => by(command, send) : Reflect.get(target, name),
  });
}
