/**
 * An option of `Bun.serve` on a unix socket: a connection may be silent for as long as it likes. Without it Bun closes one
 * after 10 seconds. `server.timeout(request, 0)` has no effect there (Bun 1.4.5), and the types know the option for TCP
 * only; hence an object whose type says nothing.
 */
export const allowSilentConnections: object = { idleTimeout: 0 };
