import * as z from 'zod';
import { eventTypes } from '../webhooks/event-type.ts';
import { fault, often } from './define-fault.ts';
import { requestFaults } from './request-fault.ts';

/** A subject can only be named by what is known of it when the fault strikes. */
const asset = {
  filename: z.string().min(1).optional().describe('part of its filename'),
  ...often,
};

const item = { customId: z.string().optional(), assetId: z.string().optional(), ...asset };

const line = { taskId: z.string().optional(), ...item };

const webhook = {
  type: z.enum(eventTypes).optional().describe('type of the event'),
  url: z.string().optional().describe('of the endpoint'),
  ...often,
};

const ms = z.int().min(0);

/** What can be wrong with an upload, decided when it is taken in. */
const assetFaults = [
  fault('break-asset', {
    message: z.string().default('The file is corrupted or its format is not supported.'),
    ...asset,
  }).describe('ends as `failed`'),
  fault('slow-asset', { ms, ...asset }).describe('is processing so much longer'),
  fault('stall-asset', asset).describe('is processing for ever'),
] as const;

/** What an asset does to every batch that is created with it. */
const poisonFaults = [
  fault('poison-asset', {
    status: z.int().min(400).max(599).default(400),
    code: z.string().default('parameter_invalid'),
    message: z.string().default('The video can not be analyzed.'),
    ...item,
  }).describe(
    'a create that contains it is refused whole; the answer does not say which item it was',
  ),
] as const;

/** What can become of an item, decided when its batch is created. */
const itemFaults = [
  fault('fail-item', {
    code: z.string().default('internal_server_error'),
    message: z.string().default('The analysis failed.'),
    ...item,
  }).describe('fails, and is not billed'),
  fault('truncate-item', item).describe(
    'hits its token limit: half a text with `finish_reason` `length`; segments fail',
  ),
  fault('slow-item', { ms, ...item }).describe('takes so much longer'),
  fault('stall-item', item).describe('is in process until its batch expires'),
  fault('long-item', {
    bytes: z
      .int()
      .min(1)
      .max(64 * 1024 ** 2),
    ...item,
  }).describe('its result is padded to about so many bytes, whatever its token limit is'),
] as const;

/** What can be wrong with a line, decided each time that the results are read. */
const lineFaults = [
  fault('drop-line', line).describe('is missing'),
  fault('double-line', line).describe('comes twice'),
  fault('garble-line', line).describe('is cut in its middle, so that it is no JSON'),
  fault('unknown-line', line).describe('is followed by the line of an item that nobody asked for'),
  fault('blank-line', line).describe('is followed by an empty line'),
] as const;

/** What can become of a notification, decided when it is made, for each endpoint. */
const webhookFaults = [
  fault('lose-webhook', webhook).describe('is never sent'),
  fault('double-webhook', { copies: z.int().min(2).default(2), ...webhook }).describe(
    'is sent several times, each copy signed by itself',
  ),
  fault('delay-webhook', { ms, ...webhook }).describe(
    'is late; that of a later event may come before',
  ),
  fault('forge-webhook', {
    how: z
      .enum(['secret', 'body', 'stale', 'header'])
      .default('secret')
      .describe(
        'signed with another secret, changed after signing, signed an hour ago, no signature',
      ),
    ...webhook,
  }).describe('is no true one; the true one is never sent'),
] as const;

/** A fault of the box: what goes wrong, with what, and how often. */
export const boxFault = z.discriminatedUnion('kind', [
  ...requestFaults,
  ...assetFaults,
  ...poisonFaults,
  ...itemFaults,
  ...lineFaults,
  ...webhookFaults,
]);

/** A fault as it is written down: what has a default may be left out. */
export type FaultInput = z.input<typeof boxFault>;

/** A fault with its defaults. */
export type Fault = z.output<typeof boxFault>;

/** The name of a fault. */
export type FaultKind = Fault['kind'];

const kindsOf = <
  T extends readonly { readonly shape: { readonly kind: { readonly value: string } } }[],
>(
  faults: T,
) => faults.map((each) => each.shape.kind.value) as T[number]['shape']['kind']['value'][];

/** The kinds of faults by the moment at which they strike. */
export const faultKinds = {
  request: kindsOf(requestFaults),
  asset: kindsOf(assetFaults),
  poison: kindsOf(poisonFaults),
  item: kindsOf(itemFaults),
  line: kindsOf(lineFaults),
  webhook: kindsOf(webhookFaults),
};
