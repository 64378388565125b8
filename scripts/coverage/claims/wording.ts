/** For a field that is kept and read back only: the conformance test that reads back all such fields of an operation. */
export function storedFieldsTest(operation: string) {
  return { stored: `every field of ${operation} that is only stored is read back exactly as given` };
}

/** For a field that Batch refuses by its name. */
export function unsupported(member: string) {
  return { refused: `ClientException: ${member} is not supported by this version of Batchyard.` };
}
