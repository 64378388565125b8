import { z } from 'zod';

export const secretId = z.string().min(1).max(2048);
export const requestToken = z.string().min(32).max(64);
export const stage = z.string().min(1).max(256);
export const versionId = z.string().min(32).max(64);
export const nextToken = z.string().min(1).max(4096);
