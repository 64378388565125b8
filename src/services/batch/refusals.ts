import { ServiceError } from '../../core/errors.ts';
import type { RequestContext } from '../../core/operation.ts';

/**
 * The input breaks a rule that one look at it tells. AWS Batch reports these inside a sentence of its own
 * (`Error executing request, Exception : ..., RequestId: ...`), which `operation.ts` adds.
 */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/**
 * Refuses the input with `message`, in AWS's words where they are known: beside each text, or group of texts, stands where it was
 * reported. Where that says `cdk-preflight`: rules/batch in badmintoncryer/cdk-preflight, which notes for each rule what AWS
 * answered when it was broken there on purpose (September 2026). For all others no words are reported of AWS.
 */
export function invalid(message: string): never {
  throw new InvalidInput(message);
}

/** Refuses the input unless `holds`. */
export function demand(holds: unknown, message: string): asserts holds {
  if (!holds) throw new InvalidInput(message);
}

/** What the caller sees of an `InvalidInput`. */
export function executionError(problem: InvalidInput, context: RequestContext): ServiceError {
  return new ServiceError(
    'ClientException',
    `Error executing request, Exception : ${problem.message}, RequestId: ${context.requestId}`,
    { cause: problem },
  );
}

/** Refuses a well-formed request because of what is, or is not, there. */
export function refuse(message: string): never {
  throw new ServiceError('ClientException', message);
}

/**
 * Runs a check and reports what it finds without AWS's sentence around it, as AWS does of a rule for which something had to be
 * looked up first.
 */
export function refusedPlainly<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (error instanceof InvalidInput) refuse(error.message);
    throw error;
  }
}

/** Refuses to create what there is already. The status is AWS's (hashicorp/terraform-provider-aws issue 44644). */
export function refuseTaken(): never {
  throw new ServiceError('ClientException', 'Object already exists', { status: 409 });
}

/** Refuses a call beyond a rate quota; SDKs try again by themselves. The words: ASFHyP3/hyp3 issue 1676. */
export function refuseTooMany(): never {
  throw new ServiceError('TooManyRequestsException', 'Too Many Requests', { status: 429 });
}
