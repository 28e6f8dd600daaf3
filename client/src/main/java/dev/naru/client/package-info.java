/** A typed client of the Docker Engine API, for any engine that speaks it. */
@NullMarked
package dev.naru.client;

import org.jspecify.annotations.NullMarked;
