import { type CompiledPolicy, compilePolicy, type PolicyKind, readPolicy } from '../policy/index.ts';

/** Policies that come as texts, of sessions and resources: each is compiled once while it is in use. */
export class PolicyTexts {
  readonly #most: number;
  readonly #compiled = new Map<string, CompiledPolicy | undefined>();

  constructor(most = 1024) {
    this.#most = most;
  }

  /** Undefined for what is no policy: it grants nothing. */
  compiled(text: string, kind: PolicyKind, id: string): CompiledPolicy | undefined {
    const key = `${kind} ${id} ${text}`;
    if (this.#compiled.has(key)) return this.#compiled.get(key);
    const reading = readPolicy(text, kind);
    const policy = reading.kind === 'policy' ? compilePolicy(reading.document, id) : undefined;
    if (this.#compiled.size >= this.#most) this.#compiled.clear();
    this.#compiled.set(key, policy);
    return policy;
  }
}
