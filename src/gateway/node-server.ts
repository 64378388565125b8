import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { commandProtocol } from '../core/command-frames.ts';
import { createServer } from '../core/node-http.ts';
import type { CompiledGatewayOptions } from './options.ts';

/** Node's server with the gateway's limits. What it refuses by itself goes to its `clientError` event. */
export function createNodeServer(options: CompiledGatewayOptions, listener: RequestListener): Server {
  const { limits, tls } = options;
  const settings = {
    maxHeaderSize: limits.headerBytes,
    // Node refuses to start if headers might take longer than the whole request.
    headersTimeout: Math.min(limits.headersTime, limits.requestTime),
    requestTimeout: limits.requestTime,
    keepAliveTimeout: limits.keepAliveTime,
    // How late a time limit may strike.
    connectionsCheckingInterval: Math.min(5_000, limits.headersTime, limits.requestTime),
    // Answered by the host guard, in a shape that clients understand.
    requireHostHeader: false,
    // Clients that offer HTTP/2 by an upgrade are answered as if they had not.
    shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade === commandProtocol,
  };
  const server = tls
    ? // The same server to us: both emit requests and have the same limits.
      (createTlsServer({ ...settings, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' }, listener) as Server)
    : createServer(settings, listener);
  // Node drops headers beyond this count in silence: one more than allowed shows that there were too many.
  server.maxHeadersCount = limits.headerCount + 1;
  server.on('checkExpectation', listener);
  // Whoever waits for `100 Continue` gets it, or a refusal, once his headers have been looked at.
  server.on('checkContinue', listener);
  return server;
}
