/** How long the provider takes for a batch. */
export interface Turnaround {
  readonly name: string;
  /** Seconds from the creation of a batch to its end; `luck` is drawn from 0 up to 1. */
  readonly seconds: (items: number, luck: number) => number;
}

/** The models; with each, a full batch of 1,000 takes `fullSeconds` on average. */
export function turnarounds(fullSeconds: number): readonly Turnaround[] {
  const fixed = fullSeconds / 30;
  const linear = (items: number) => fixed + ((fullSeconds - fixed) * items) / 1_000;
  const wide = withMeanOne((luck) => Math.exp(normal(luck)));
  const narrow = withMeanOne((luck) => Math.exp(normal(luck) / 2));
  return [
    { name: 'constant', seconds: () => fullSeconds },
    { name: 'linear', seconds: linear },
    { name: 'lognormal', seconds: (_, luck) => fullSeconds * wide(luck) },
    { name: 'linear x lognormal', seconds: (items, luck) => linear(items) * narrow(luck) },
  ];
}

/** The normal distribution by Tukey's lambda, good to 0.01 but for one draw in thousands. */
function normal(luck: number): number {
  return (luck ** 0.135 - (1 - luck) ** 0.135) / 0.1975;
}

function withMeanOne(quantile: (luck: number) => number) {
  const parts = 20_000;
  let sum = 0;
  for (let at = 0; at < parts; at++) sum += quantile((at + 0.5) / parts);
  return (luck: number) => (quantile(luck) * parts) / sum;
}
