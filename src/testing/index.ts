/**
 * The public test harness: a real API server, with controllers, inside a test.
 *
 * - In memory, on a free loopback port or none; several in one process.
 * - Installs no signal or error handlers and starts no process: the host's process stays its own.
 */
export { startCluster, type StartClusterOptions, type TestCluster } from './start-cluster.ts';
