/**
 * Node's `node:http`. Import values of it from here: an `import` of the module itself reads all that it exports, and so
 * loads Node's WebSocket client, which costs each start 60 ms and is used by nobody.
 */
export const { Agent, createServer, request, STATUS_CODES } = process.getBuiltinModule('node:http');
