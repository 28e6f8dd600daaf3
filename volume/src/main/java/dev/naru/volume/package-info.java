/** Volumes and their drivers. */
@NullMarked
package dev.naru.volume;

import org.jspecify.annotations.NullMarked;
