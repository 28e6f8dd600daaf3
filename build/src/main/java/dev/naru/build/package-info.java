/** Dockerfiles as a graph of operations, solved in parallel, with a cache by content. */
@NullMarked
package dev.naru.build;

import org.jspecify.annotations.NullMarked;
