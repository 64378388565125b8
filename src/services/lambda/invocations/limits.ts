const mebibyte = 1024 * 1024;

/** What a job can be given by its environment, and what AWS takes of an asynchronous invocation. */
export const largestEvent = mebibyte;

/** AWS's: of an invocation that is waited for, which a URL is sent, and of what is answered. */
export const largestUrlEvent = 6 * mebibyte;
export const largestAnswer = 6 * mebibyte;

/** Of the log that is answered with `LogType` `Tail`. */
export const logTail = 4 * 1024;
