/**
 * What every daemon serves alike: health, metrics, and the streams of exec, attach and port-forward, hop by hop.
 *
 * - Each hop accepts whatever the client speaks (WebSocket channels, SPDY, SPDY tunnelled) into one internal form, dials the next hop by
 *   SPDY/3.1, which everything behind it can, and splices the two: so kubectl, the Python and the Node client reach any runtime.
 * - Half-close of stdin, sizes, exit codes and error texts pass unchanged; bytes are held only up to fixed buffers, then TCP pushes back.
 * - A health failure's reason is logged, never sent.
 * - Who may do what is asked through `Authenticator` and `Authorizer`; this folder holds only their shape.
 * - Must not know: pods, kubelets or runtimes; callers give URLs and streams.
 */
export type { AuthorizationAttributes, AuthorizationDecision, Authenticator, Authorizer } from './delegated-auth.ts';
export { type HealthCheck, type HealthEndpoint, pingCheck, plainText, serveHealth } from './health.ts';
export { type MetricsSource, serveMetrics } from './metrics.ts';
export { RequestMetrics } from './request-metrics.ts';
export { acceptPortForward } from './streams/accept-port-forward.ts';
export { acceptRemoteCommand } from './streams/accept-remote-command.ts';
export { type CommandStatus, commandSuccess, exitStatus, failureStatus } from './streams/command-status.ts';
export { dialPortForward } from './streams/dial-port-forward.ts';
export { dialRemoteCommand } from './streams/dial-remote-command.ts';
export {
  type AcceptPortForwardOptions,
  type ForwardedConnection,
  type ForwardingConnection,
  parsePorts,
  type PortForwardClient,
} from './streams/port-forward.ts';
export { proxyPortForward, proxyRemoteCommand } from './streams/proxy-streams.ts';
export {
  type AcceptOptions,
  type AcceptRemoteCommandOptions,
  type CommandStreams,
  type DialOptions,
  type RemoteCommandClientSession,
  type RemoteCommandServerSession,
  type StreamTimes,
} from './streams/remote-command.ts';
export { splicePortForward } from './streams/splice-port-forward.ts';
export { copy, spliceRemoteCommand } from './streams/splice-remote-command.ts';
export type { TerminalSize } from './streams/terminal-size.ts';
