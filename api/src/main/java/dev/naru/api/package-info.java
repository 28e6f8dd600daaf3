/** The Docker Engine API over HTTP, answered by the engine. Holds no state. */
@NullMarked
package dev.naru.api;

import org.jspecify.annotations.NullMarked;
