/** Counts what is under way, so that a shutdown can wait for it. */
export class WorkInFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Answers whether all work ended within `deadline` milliseconds. */
  async idle(deadline: number): Promise<boolean> {
    if (this.#count === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), deadline);
    });
    const ended = new Promise<true>((resolve) => this.#waiting.push(() => resolve(true)));
    try {
      return await Promise.race([ended, expired]);
    } finally {
      clearTimeout(timer);
    }
  }
}
