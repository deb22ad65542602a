import type { HealthCheck } from '../serving/index.ts';

/** What health checks tell of a server's start: which hooks have run, and whether all have. */
export class Life {
  readonly #passed: HealthCheck[] = [{ name: 'ping', check: () => {} }];
  #ready = false;

  get checks(): readonly HealthCheck[] {
    if (this.#ready) return this.#passed;
    const starting: HealthCheck = {
      name: 'poststarthook/start',
      check: () => {
        throw new Error('not finished');
      },
    };
    return [...this.#passed, starting];
  }

  passed(name: string): void {
    this.#passed.push({ name, check: () => {} });
  }

  ready(): void {
    this.#ready = true;
  }
}
