/** A document that is no policy, in AWS's words where public ones are known; `MalformedPolicyDocument` is the code. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** What AWS says of most of what its grammar does not know. */
export function syntaxError(): Malformed {
  return new Malformed('Syntax errors in policy.');
}

export function missingField(name: string): Malformed {
  return new Malformed(`Missing required field ${name}`);
}

export function prohibitedField(name: string): Malformed {
  return new Malformed(`Has prohibited field ${name}`);
}
