/** What gives messages: here and in other plain files without the types of markup, so that they are tested as they are. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** How something failed, as the server tells it. */
export interface ToldFailure {
  readonly exitCode?: number;
  readonly statusReason?: string;
  readonly reason?: string;
  readonly container?: string;
}

/** Such as `exit code 137, OutOfMemoryError: Container killed due to memory usage`: the container's own reason goes before the job's. */
export function failureWords({ exitCode, statusReason, reason, container }: ToldFailure, text: Say): string {
  const exit = exitCode === undefined ? undefined : text('failure.exit', { exitCode });
  const words = [container, exit, reason ?? statusReason].filter((each) => each !== undefined && each !== '');
  return words.length > 0 ? words.join(', ') : text('failure.unknown');
}
