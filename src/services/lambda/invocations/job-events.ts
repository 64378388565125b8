import type { TaskVariables, VariablesRequest } from '../../../core/task-variables.ts';

/** The longest string of an environment is 128 KiB, and a character of JSON has three bytes at most. */
const partLength = 40_000;

/** Begins the names of the variables. */
const prefix = 'BATCHYARD_EVENT_';

/**
 * Events on their way into the jobs that are run for them. Until it is known which job that is, the job's name says it, which nobody
 * knows beforehand; the first job of that name has it then, and no other.
 */
export class JobEvents {
  readonly #byName = new Map<string, { readonly event: string; jobId: string | undefined }>();

  /** Answers how to take it back. */
  offer(jobName: string, event: string): () => void {
    const offered = { event, jobId: undefined };
    this.#byName.set(jobName, offered);
    return () => {
      // It may be offered anew by now, for a try that is made again.
      if (this.#byName.get(jobName) === offered) this.#byName.delete(jobName);
    };
  }

  /** What the environment of a job carries of its event, beside `given`. */
  addTo(given: TaskVariables, { job }: VariablesRequest): TaskVariables {
    const offered = this.#byName.get(job.name);
    if (!offered) return given;
    offered.jobId ??= job.id;
    if (offered.jobId !== job.id) return given;
    return { ...given, secrets: { ...given.secrets, ...variablesOf(offered.event) } };
  }
}

function variablesOf(event: string): Readonly<Record<string, string>> {
  const parts = partsOf(event);
  const named = parts.map((part, index) => [`${prefix}${index}`, part] as const);
  return { ...Object.fromEntries(named), [`${prefix}PARTS`]: String(parts.length) };
}

/** No part ends in the middle of a character. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + partLength;
    const isHigh = end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
    parts.push(text.slice(at, isHigh ? end - 1 : end));
    at = isHigh ? end - 1 : end;
  }
  return parts;
}

/**
 * A command with the event at its standard input. It does not find the parts of that in its environment, and has the process of the
 * shell, so that it gets the signals of its job.
 */
export function withEventAtInput(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', script, 'sh', ...command];
}

/** How a job ends, and what it says, that began without its event: the server was not there yet, or not any more, to give it one. */
export const lostEvent = { line: 'the event of this invocation is gone', exitCode: 97 } as const;

const script = `
if [ -z "$${prefix}PARTS" ]; then
  echo "${lostEvent.line}"
  exit ${lostEvent.exitCode}
fi
event= part=0
while [ "$part" -lt "$${prefix}PARTS" ]; do
  eval "event=\\$event\\$${prefix}$part"
  unset "${prefix}$part"
  part=$((part + 1))
done
unset ${prefix}PARTS
exec "$@" <<END
$event
END
`.trim();
