import { closeSync, constants, openSync, readSync } from 'node:fs';
import { errorCode } from '../../../core/error-code.ts';
