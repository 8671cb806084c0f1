const EVERY_MS = 15_000;

/** Prints a line now and then, so that a part that takes long is seen to go on. */
export function tellNowAndThen(): (line: () => string) => void {
  const beganMs = performance.now();
  let toldMs = beganMs;
  return (line) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < EVERY_MS) return;
    toldMs = nowMs;
    console.log(`  … ${line()}, ${Math.round((nowMs - beganMs) / 1000)} s`);
  };
}
