/** An endpoint that was registered, as one does in the provider's dashboard. */
export interface WebhookEndpoint {
  readonly url: string;
  readonly secret: string;
}
