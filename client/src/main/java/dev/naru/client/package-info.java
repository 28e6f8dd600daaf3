/** A typed client of the Engine API. */
@NullMarked
package dev.naru.client;

import org.jspecify.annotations.NullMarked;
