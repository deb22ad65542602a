/**
 * The container runtime: CRI (`runtime.v1`) over gRPC, containerd's own services beside it, a private containerd, and images.
 *
 * - Messages are plain read-only objects of the table's shape; unknown fields are skipped, so newer runtimes do.
 * - A failed call rejects with a `CriError` that carries the runtime's own text and gRPC's code.
 * - A containerd started here outlives this process, and containers outlive containerd; who comes next finds it by its socket.
 * - Archives come from strangers: paths, sizes, depths and counts are checked. Digests are checked by containerd.
 * - It knows nothing of pods, of nodes or of the API server.
 */
export {
  buildImage,
  buildPauseImage,
  type ImageConfig,
  type ImageLayer,
  type ImageOptions,
  localArchitecture,
  pauseImageName,
} from './build-image.ts';
export { type CniOptions, writeCniConfig } from './cni.ts';
export type * from './config-messages.ts';
export { envOf } from './config-messages.ts';
export { type Containerd, type ContainerdBinaries, type ContainerdOptions, ensureContainerd, findContainerdBinaries } from './containerd.ts';
export { CriError, type GrpcCode, isCriError } from './error.ts';
export { type RuntimeEvent, type WatchEventsOptions, watchRuntimeEvents } from './events.ts';
export { type ImportOptions, importImage } from './import-image.ts';
export { type Architecture, pauseElf } from './pause-elf.ts';
export { normalizeReference } from './reference.ts';
export { type ConnectOptions, connectRuntime, type CriRuntime, type StreamsWanted } from './runtime.ts';
export type * from './status-messages.ts';
export { type TarEntry, readTar } from './tar-read.ts';
export { type TarHeader, tarHeader } from './tar-format.ts';
