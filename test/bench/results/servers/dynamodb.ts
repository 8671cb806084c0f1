import { anAnalysis } from '../../../support/rows.ts';
import { BATCH_ID, customIdAt, type Workload } from '../content.ts';
import { type Attributes, attributesOf } from './attributes.ts';

/** A body as it came. */
export type Body = readonly Uint8Array[];

interface Put {
  readonly PutRequest?: { readonly Item: Attributes };
}

interface Input {
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly Item?: Attributes;
  /** By table: the keys of a BatchGetItem, or the writes of a BatchWriteItem. */
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: Attributes[] } | Put[]>>;
}

/**
 * A table with the analyses of one batch, all of them submitted. Each write succeeds whatever its
 * condition says; the index of batches shows all there was at first, in one page.
 */
export class DynamoDb {
  readonly #rows = new Map<string, Attributes>();
  readonly #keys: readonly Attributes[];
  /** Requests whose items nobody reads before the end. */
  readonly #puts: Body[] = [];

  constructor(workload: Workload) {
    const analyses = Array.from({ length: workload.lines }, (_, index) => submittedAt(index));
    for (const row of analyses) this.#rows.set(nameOf(row), row);
    this.#keys = analyses.map(keyOf);
  }

  /** What a request is answered. */
  answer(operation: string, body: Body): unknown {
    if (operation === 'PutItem' || operation === 'BatchWriteItem') {
      this.#puts.push(body);
      return operation === 'PutItem' ? {} : { UnprocessedItems: {} };
    }
    const input = inputOf(body);
    switch (operation) {
      case 'Query': {
        const Items = input.IndexName === 'batch' ? this.#keys : [];
        return { Items, Count: Items.length };
      }
      case 'GetItem':
        return { Item: this.#rows.get(nameOf(input.Key)) };
      case 'BatchGetItem':
        return { Responses: this.#found(input), UnprocessedKeys: {} };
      case 'UpdateItem':
        this.#update(input);
        return {};
      default:
        throw new TypeError(`the stand-in for DynamoDB knows no ${operation}`);
    }
  }

  /** Every row as it is by now. */
  rows(): Iterable<Attributes> {
    for (const body of this.#puts.splice(0)) {
      for (const item of itemsOf(inputOf(body))) this.#rows.set(nameOf(item), item);
    }
    return this.#rows.values();
  }

  #found({ RequestItems = {} }: Input) {
    return Object.fromEntries(
      Object.entries(RequestItems).map(([table, wanted]) => {
        const keys = 'Keys' in wanted ? wanted.Keys : [];
        return [table, keys.flatMap((key) => this.#rows.get(nameOf(key)) ?? [])];
      }),
    );
  }

  /** Sets what `SET #name = :value` says, which is all that the store writes; removes nothing. */
  #update({ Key, UpdateExpression = '', ...input }: Input): void {
    const row: Record<string, Attributes[string]> = { ...Key, ...this.#rows.get(nameOf(Key)) };
    for (const [, name = '', value = ''] of UpdateExpression.matchAll(/(#\w+) = (:\w+)/g)) {
      const set = input.ExpressionAttributeValues?.[value];
      if (set) row[input.ExpressionAttributeNames?.[name] ?? name] = set;
    }
    this.#rows.set(nameOf(Key), row);
  }
}

function submittedAt(index: number): Attributes {
  return attributesOf(
    anAnalysis({
      key: `films/${index}.mp4`,
      state: 'submitted',
      stage: 'collect-results',
      attempt: 1,
      batchId: BATCH_ID,
      customId: customIdAt(index),
    }),
  );
}

function itemsOf({ Item, RequestItems = {} }: Input): Attributes[] {
  if (Item) return [Item];
  const writes = Object.values(RequestItems).flatMap((each) => ('Keys' in each ? [] : each));
  return writes.flatMap(({ PutRequest }) => (PutRequest ? [PutRequest.Item] : []));
}

function inputOf(body: Body): Input {
  return JSON.parse(Buffer.concat(body).toString());
}

function keyOf({ pk = {}, sk = {} }: Attributes): Attributes {
  return { pk, sk };
}

function nameOf(key: Attributes = {}): string {
  return `${key['pk']?.['S']}\n${key['sk']?.['S']}`;
}
