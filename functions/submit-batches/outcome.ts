import type { Analysis } from '../../shared/analysis.ts';

/** What became of a batch that was to be sent; `freed` are the analyses back in the queue, as they are now. */
export type Outcome = { readonly freed: readonly Analysis[] } & (
  | { readonly kind: 'taken'; readonly analyses: readonly Analysis[] }
  | {
      readonly kind: 'refused';
      readonly batchId: string;
      /** Some of the freed may be the one it was refused for; else that one was found. */
      readonly hasSuspects: boolean;
    }
  | {
      readonly kind: 'refused-alone';
      readonly analysis: Analysis;
      /** It was its asset that was refused, and not what its profile asks. */
      readonly isAboutItsAsset: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'too-large'; readonly items: number }
  | {
      readonly kind: 'not-now';
      /** All slots may be taken by now. */
      readonly mayBeSlots: boolean;
      /** Seconds for which the provider asked to be left alone. */
      readonly asked: number | undefined;
    }
  | { readonly kind: 'doubt'; readonly items: number; readonly isTooSlow: boolean }
  | { readonly kind: 'nothing-left' }
);
