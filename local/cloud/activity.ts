/** Counts what is under way, so that others can tell when nothing is. */
export class Activity {
  #underWay = 0;
  #begun = 0;
  #waiting: (() => void)[] = [];

  /** Notes that something began; the returned function notes that it is over. */
  begin(): () => void {
    this.#underWay++;
    this.#begun++;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      if (--this.#underWay > 0) return;
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
  }

  get isQuiet(): boolean {
    return this.#underWay === 0;
  }

  /** Resolves when nothing is under way, if only for a moment. */
  async whenQuiet(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Differs from an earlier value when anything began in between. */
  get version(): number {
    return this.#begun;
  }
}
