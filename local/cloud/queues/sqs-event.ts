import type { Message } from '@aws-sdk/client-sqs';
import { REGION } from '../cloud-region.ts';

/** The event that Lambda makes of a batch of messages. */
export function sqsEvent(messages: readonly Message[], queueArn: string) {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
          name,
          {
            ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
            ...(attribute.BinaryValue && {
              binaryValue: Buffer.from(attribute.BinaryValue).toString('base64'),
            }),
            stringListValues: [],
            binaryListValues: [],
            dataType: attribute.DataType,
          },
        ]),
      ),
      md5OfBody: message.MD5OfBody,
      ...(message.MD5OfMessageAttributes && {
        md5OfMessageAttributes: message.MD5OfMessageAttributes,
      }),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: REGION,
    })),
  };
}
