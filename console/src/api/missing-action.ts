/** The action that a refusal says is missing, as policies name it: `batch:ListJobs`; undefined where it names none. */
export function missingAction(message: string): string | undefined {
  return /to perform: ([a-z][\w-]*:\w+)/.exec(message)?.[1];
}
