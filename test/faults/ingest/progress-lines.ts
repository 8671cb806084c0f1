import type { IngestPipeline } from './ingest-pipeline.ts';

/** Tells each thing once, with the time that has passed on both clocks. */
export function tellProgress(ingest: IngestPipeline): (what: string) => void {
  const startedMs = Date.now();
  const told = new Set<string>();
  return (what) => {
    if (told.has(what)) return;
    told.add(what);
    const wallSeconds = Math.round((Date.now() - startedMs) / 1000);
    const minutes = (ingest.seconds() / 60).toFixed(1);
    console.log(`  ${what}: ${minutes} simulated minutes, ${wallSeconds} s`);
  };
}
