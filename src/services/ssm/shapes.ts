import { z } from 'zod';

/** A name, or the ARN of one. */
export const parameterName = z.string().min(1).max(2048);
export const nextToken = z.string();
