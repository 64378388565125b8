import { performEvaluation } from '../../asl/evaluate/index.ts';
import { type Diagnostic, type Evaluation, validateDefinition } from '../../asl/index.ts';
import { taskFaults } from '../../services/states/index.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { readText } from './read-text.ts';

/**
 * `batchyard states validate FILE...`: finds all that is wrong in definitions, without a server. 0 when none has an
 * error; warnings alone do not count.
 */
export async function validateDefinitions(
  invocation: Invocation,
  { json, express }: { readonly json?: boolean; readonly express?: boolean },
  files: readonly string[],
): Promise<ExitCode> {
  const printer = new Printer(invocation);
  let exitCode: ExitCode = 0;
  for (const file of files) {
    const options = { type: express ? 'EXPRESS' : 'STANDARD', checkTask: taskFaults } as const;
    const evaluator = (evaluation: Evaluation) => performEvaluation(evaluation);
    const { machine, diagnostics } = await validateDefinition(readText(file), options, evaluator);
    if (!machine) exitCode = 1;
    if (json) printer.json({ file, result: machine ? 'OK' : 'FAIL', diagnostics });
    else for (const line of linesOf(file, machine !== undefined, diagnostics, printer)) printer.line(line);
  }
  return exitCode;
}

function linesOf(file: string, isSound: boolean, diagnostics: readonly Diagnostic[], printer: Printer): string[] {
  const found = diagnostics.map(({ severity, code, message, location }) => {
    const word = printer.style(severity === 'ERROR' ? 'red' : 'yellow', severity);
    return `${placeIn(file, location)}: ${word} ${code}${shownPlace(location)}: ${message}`;
  });
  return isSound ? [...found, `${file}: ${printer.style('green', 'OK')}`] : found;
}

/** The place of a text that is no JSON, which AWS's parser tells after the text itself. */
const textPlace = /^\[Source: .*; line: (\d+), column: (\d+)\]$/s;

/** `bad.json:5:4`, as editors find it; the file alone where the place is in the definition. */
function placeIn(file: string, location = ''): string {
  const [, line, column] = textPlace.exec(location) ?? [];
  return line === undefined ? file : `${file}:${line}:${column}`;
}

function shownPlace(location: string | undefined): string {
  return location === undefined || textPlace.test(location) ? '' : ` at ${location}`;
}
