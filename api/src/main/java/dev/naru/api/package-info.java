/** The Docker Engine API as a door to the engine. */
@NullMarked
package dev.naru.api;

import org.jspecify.annotations.NullMarked;
