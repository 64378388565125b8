import type { ContainerDependency } from '../core/job-specification.ts';
import type { ContainerSpec } from './contract.ts';

type Standing =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'started' }
  | { readonly kind: 'ended'; readonly succeeded: boolean }
  /** It will never start. */
  | { readonly kind: 'never' };

type OrderedContainer = Pick<ContainerSpec, 'name' | 'dependsOn' | 'essential'>;

/** A container that will never start, and why. */
export interface NeverStarted {
  readonly index: number;
  readonly why: string;
}

/** Decides which containers of a task start when, and which never do. Pure: whoever runs them tells it what happens. */
export class ContainerOrder {
  readonly #containers: readonly OrderedContainer[];
  readonly #standings: Standing[];
  /** What others no longer wait for, by index. */
  readonly #overdue = new Set<number>();

  constructor(containers: readonly OrderedContainer[]) {
    this.#containers = containers;
    this.#standings = containers.map(() => ({ kind: 'waiting' }));
  }

  /** Whether none waits any more. */
  get isSettled(): boolean {
    return this.#standings.every(({ kind }) => kind !== 'waiting');
  }

  /** Whether none waits any more, and all that the task cannot do without have started: it runs. */
  get isWhole(): boolean {
    const isLacking = ({ kind }: Standing, index: number) => kind === 'never' && this.#containers[index]?.essential;
    return this.isSettled && !this.#standings.some(isLacking);
  }

  /** The indexes of those that may start now, in order; they count as started from now on. */
  takeReady(): readonly number[] {
    const ready: number[] = [];
    // One that starts may let another start.
    for (let before = -1; before < ready.length; ) {
      before = ready.length;
      for (const index of this.#waiting()) {
        if (!this.#dependencies(index).every((dependency) => this.#isMet(dependency))) continue;
        this.#standings[index] = { kind: 'started' };
        ready.push(index);
      }
      if (ready.length === before) break;
    }
    return ready;
  }

  /** Those of whom it has turned out that they will never start, each once. */
  takeHopeless(): readonly NeverStarted[] {
    const hopeless: NeverStarted[] = [];
    for (let before = -1; before < hopeless.length; ) {
      before = hopeless.length;
      for (const index of this.#waiting()) {
        const missed = this.#dependencies(index).find((dependency) => this.#isMissed(dependency));
        if (!missed) continue;
        this.#standings[index] = { kind: 'never' };
        hopeless.push({ index, why: this.#wordsFor(missed) });
      }
      if (hopeless.length === before) break;
    }
    return hopeless;
  }

  /** Those that wait, which never start now: the task is at its end. */
  takeRest(): readonly number[] {
    const rest = this.#waiting();
    for (const index of rest) this.#standings[index] = { kind: 'never' };
    return rest;
  }

  /** One that was started before this order was kept. */
  began(index: number): void {
    this.#standings[index] = { kind: 'started' };
  }

  /** One that ends before it has started has lost what was to start it: it never does. */
  ended(index: number, succeeded: boolean): void {
    const { kind } = this.#standings[index] ?? {};
    if (kind === 'started') this.#standings[index] = { kind: 'ended', succeeded };
    else if (kind === 'waiting') this.#standings[index] = { kind: 'never' };
  }

  /** Its `startTimeout` is over: those that still wait for something of it never start. */
  overdue(index: number): void {
    this.#overdue.add(index);
  }

  #waiting(): readonly number[] {
    return this.#standings.flatMap(({ kind }, index) => (kind === 'waiting' ? [index] : []));
  }

  #dependencies(index: number): readonly ContainerDependency[] {
    return this.#containers[index]?.dependsOn ?? [];
  }

  #indexOf({ container }: ContainerDependency): number {
    return this.#containers.findIndex(({ name }) => name === container);
  }

  #standingOf(dependency: ContainerDependency): Standing {
    return this.#standings[this.#indexOf(dependency)] ?? { kind: 'never' };
  }

  #isMet(dependency: ContainerDependency): boolean {
    const standing = this.#standingOf(dependency);
    if (dependency.condition === 'START') return standing.kind === 'started' || standing.kind === 'ended';
    return standing.kind === 'ended' && (dependency.condition === 'COMPLETE' || standing.succeeded);
  }

  #isMissed(dependency: ContainerDependency): boolean {
    if (this.#isMet(dependency)) return false;
    const { kind } = this.#standingOf(dependency);
    return kind === 'never' || kind === 'ended' || this.#overdue.has(this.#indexOf(dependency));
  }

  #wordsFor(dependency: ContainerDependency): string {
    const { container, condition } = dependency;
    const { kind } = this.#standingOf(dependency);
    if (kind === 'never') return `container ${container}, which it waits for, never starts`;
    if (kind === 'ended') return `container ${container} did not exit with 0`;
    const what = condition === 'COMPLETE' ? 'end' : 'exit with 0';
    return `container ${container} did not ${what} within its startTimeout`;
  }
}
