/**
 * The door for BuildKit's clients: its gRPC services in front of the engine's builder (docs/design/020-buildkit-door.md).
 */
@NullMarked
package dev.naru.buildkit;

import org.jspecify.annotations.NullMarked;
