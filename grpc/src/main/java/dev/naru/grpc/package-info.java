/**
 * gRPC in both roles over HTTP/2 with prior knowledge, on any pair of blocking streams, and the wire format of Protocol
 * Buffers. Knows no service (docs/design/020-buildkit-door.md).
 */
@NullMarked
package dev.naru.grpc;

import org.jspecify.annotations.NullMarked;
