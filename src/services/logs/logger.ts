/** Where the service reports what no caller is told: a pino logger, or anything like one. */
export interface LogsLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
