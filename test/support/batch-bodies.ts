import { expect } from 'vitest';
import { type BoxFixture, generalBatch } from './box-fixture.ts';

/** The smallest valid definition of a segment. */
export const definition = { id: 'goals', description: 'A goal.', fields: [] as object[] };

/** A batch as a client writes it. */
export type BatchBody = Record<string, unknown> & { requests: Record<string, unknown>[] };

/** A valid batch of segmentations, its one definition spoiled. */
export function segmentBatch(assetId: string, spoil: object = {}): BatchBody {
  return withFormat(assetId, {
    type: 'segment_definitions',
    segment_definitions: [{ ...definition, ...spoil }],
  });
}

/** A batch of segmentations with this response format. */
export function withFormat(assetId: string, responseFormat: object): BatchBody {
  const { defaults: _, ...batch } = generalBatch(assetId);
  return {
    ...batch,
    analysis_mode: 'time_based_metadata',
    defaults: { response_format: responseFormat },
  };
}

/** A batch of segmentations whose one field is this. */
export function withField(assetId: string, field: object): BatchBody {
  return segmentBatch(assetId, { fields: [{ name: 'x', description: 'An x.', ...field }] });
}

/** A batch whose every item has these settings too. */
export function withItem(batch: BatchBody | ReturnType<typeof generalBatch>, own: object) {
  return { ...batch, requests: batch.requests.map((item) => ({ ...item, ...own })) };
}

/** A batch of general analyses with this JSON schema. */
export function withSchema(assetId: string, schema: object) {
  return withItem(generalBatch(assetId), {
    response_format: { type: 'json_schema', json_schema: schema },
  });
}

/** What creating a batch answered. */
export interface Created {
  readonly batch_id: string;
  readonly items: readonly { readonly task_id: string; readonly custom_id: string | null }[];
}

/** Creates a batch that must be taken. */
export async function createBatch(call: BoxFixture['call'], body: unknown): Promise<Created> {
  const answer = await call('POST', '/analyze/batches', body);
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as Created;
}

/** The status and the error of a create, which must be refused in the nested shape. */
export async function refusalOf(call: BoxFixture['call'], body: unknown) {
  const answer = await call('POST', '/analyze/batches', body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  const { code, message } = answer.body.error as { code: string; message: string };
  return { status: answer.status, code, message };
}
