// Loaded before the command line. Compiled code is kept beside the installed packages: a second start takes half the
// time. Where that place cannot be written Node.js goes on without; a shared temporary directory would let other users
// plant code. No TypeScript, for what is loaded before there is a cache brings in the whole compiler of types: a tenth of
// a second and 16 MB.
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

enableCompileCache(join(__dirname, '../node_modules/.cache/batchyard'));
