import type { Visit, VisitStatus } from './visit.ts';

/** What went wrong last. */
export interface Fault {
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** A visit while its history is read. */
export class VisitDraft {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly enteredAt: number | undefined;
  readonly input: string | undefined;
  readonly parent: VisitDraft | undefined;
  readonly iteration: number | undefined;
  readonly children: VisitDraft[] = [];
  readonly jobs = new Set<string>();
  tries = 0;
  exitedAt: number | undefined;
  output: string | undefined;
  mapRunArn: string | undefined;
  fault: Fault | undefined;
  /** `left`: by its own exit. `ended`: by what happened around it; a redrive may take it up again. */
  state: 'open' | 'left' | 'ended' = 'open';

  constructor(given: Pick<VisitDraft, 'id' | 'name' | 'type' | 'enteredAt' | 'input' | 'parent' | 'iteration'>) {
    this.id = given.id;
    this.name = given.name;
    this.type = given.type;
    this.enteredAt = given.enteredAt;
    this.input = given.input;
    this.parent = given.parent;
    this.iteration = given.iteration;
    this.parent?.children.push(this);
    // It is entered and has failed.
    if (this.type === 'Fail') this.fault = { error: undefined, cause: undefined };
  }

  get isContainer(): boolean {
    return this.type === 'Map' || this.type === 'Parallel';
  }

  /** This one and what is around it, inside first, that has not been left. */
  *outward(): Generator<VisitDraft> {
    for (let draft: VisitDraft | undefined = this; draft; draft = draft.parent) {
      if (draft.state !== 'left') yield draft;
    }
  }

  /** All within it, in the order of their entering. */
  *inward(): Generator<VisitDraft> {
    for (const child of this.children) {
      yield child;
      yield* child.inward();
    }
  }

  /** Ends all within it that is open, or of one iteration only. */
  endInside(iteration?: number): void {
    for (const child of this.children) {
      if (iteration !== undefined && child.iteration !== iteration) continue;
      if (child.state === 'open') child.state = 'ended';
      child.endInside();
    }
  }

  reopen(): void {
    this.state = 'open';
    this.fault = undefined;
  }

  get status(): VisitStatus {
    if (this.state === 'left') return this.fault ? 'caught' : 'succeeded';
    if (this.type === 'Fail') return 'failed';
    if (this.state === 'open') return 'running';
    return this.fault ? 'failed' : 'stopped';
  }

  visit(): Visit {
    const { id, name, type, status, enteredAt, exitedAt, iteration, tries, input, output, fault, mapRunArn } = this;
    const { error, cause } = fault ?? { error: undefined, cause: undefined };
    const jobs = [...this.jobs];
    const parent = this.parent?.id;
    const data = { input, output, error, cause, jobs, mapRunArn };
    return { id, name, type, status, enteredAt, exitedAt, parent, iteration, tries, ...data };
  }
}
