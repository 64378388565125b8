/** A file of a trail, as it is written. */
export interface DeliveredFile {
  readonly bucket: string;
  /** Its path within the bucket. */
  readonly object: string;
  readonly content: Buffer;
  /** Of a digest, in hexadecimal digits. */
  readonly signature?: string;
}

/** Where trails deliver their files. What is put again is there once, as it was put last. */
export interface FileStore {
  /** Resolves once the file will stay. Rejects with words, and may have written it nevertheless. */
  put(file: DeliveredFile, signal: AbortSignal): Promise<void>;
}

export const signatureAlgorithm = 'SHA256withRSA';
