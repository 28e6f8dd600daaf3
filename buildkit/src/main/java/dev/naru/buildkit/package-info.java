/** BuildKit's gRPC services over the graph of room build. */
@NullMarked
package dev.naru.buildkit;

import org.jspecify.annotations.NullMarked;
