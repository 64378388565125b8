/** An operation of this installation, as a universal target names it. */
export interface ApiCall {
  readonly kind: 'call';
  /** As the registry has them: `batch`, `SubmitJob`. */
  readonly service: string;
  readonly operation: string;
  /** An input with the names of the API's own members, however they were written, and the names of what it has not. */
  toInput(given: object): { readonly input: object; readonly unknown: readonly string[] };
}

/** What AWS's SDKs can call, and what of that is here. */
export interface ApiDirectory {
  find(service: string, action: string): Promise<ApiCall | { readonly kind: 'not-here' | 'unheard-of' }>;
}
